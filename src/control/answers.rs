//! What OpenClaw's answers mean. Pure.

use serde_json::Value;

use super::{Outcome, Verdict};
use crate::gateway::frames::{Fault, plain};

/// A fault in OpenClaw's words, or its code where it has none.
pub(super) fn words(fault: &Fault) -> String {
    match (plain(&fault.message), plain(&fault.code)) {
        (message, _) if !message.is_empty() => message,
        (_, code) if !code.is_empty() => code,
        _ => "OpenClaw refused without a reason.".to_owned(),
    }
}

fn text<'a>(answer: &'a Value, name: &str) -> Option<&'a str> {
    answer.get(name)?.as_str().filter(|text| !text.is_empty())
}

fn is(answer: &Value, name: &str) -> bool {
    answer.get(name) == Some(&Value::Bool(true))
}

/// `sessions.abort` and `chat.abort`: whether a run was stopped.
pub(super) fn has_aborted(answer: &Value) -> bool {
    is(answer, "aborted") || text(answer, "status") == Some("aborted")
}

/// `sessions.describe` and `sessions.list`: whether a session is there.
pub(super) fn has_session(answer: &Value, key: &str) -> bool {
    match answer.get("sessions").and_then(Value::as_array) {
        Some(rows) => rows.iter().any(|row| text(row, "key") == Some(key)),
        None => answer.get("session").is_some_and(Value::is_object),
    }
}

/// `chat.send`
pub(super) fn sent(answer: &Value) -> Verdict {
    // A message such as `/stop` is carried out at once and begins no run.
    Verdict::done(text(answer, "status").map_or_else(|| "accepted".to_owned(), plain))
}

/// `sessions.reset`
pub(super) fn reset(answer: &Value) -> Verdict {
    if is(answer, "ok") { Verdict::done("reset") } else { refused(answer, "OpenClaw did not reset the session.") }
}

/// `sessions.delete`
pub(super) fn deleted(answer: &Value) -> Verdict {
    if !is(answer, "deleted") {
        return refused(answer, "OpenClaw deleted nothing: it has no such session.");
    }
    match answer.get("archived").and_then(Value::as_array).map_or(0, Vec::len) {
        0 => Verdict::done("deleted"),
        1 => Verdict::done("deleted; its transcript is archived"),
        many => Verdict::done(format!("deleted; its {many} transcripts are archived")),
    }
}

/// `sessions.compact`: that there was nothing to do is no failure, where OpenClaw says `ok`.
pub(super) fn compacted(answer: &Value) -> Verdict {
    if is(answer, "compacted") {
        let tokens = |name: &str| answer.pointer(&format!("/result/{name}")).and_then(Value::as_u64);
        return Verdict::done(match (tokens("tokensBefore"), tokens("tokensAfter")) {
            (Some(before), Some(after)) => format!("compacted from {before} to {after} tokens"),
            (Some(before), None) => format!("compacted from {before} tokens"),
            _ => "compacted".to_owned(),
        });
    }
    if !is(answer, "ok") {
        return refused(answer, "OpenClaw compacted nothing.");
    }
    Verdict::done(text(answer, "reason").map_or_else(
        || "nothing was compacted: the conversation is short".to_owned(),
        |reason| format!("nothing was compacted: {}", plain(reason)),
    ))
}

/// `tasks.cancel`
pub(super) fn cancelled(answer: &Value) -> Verdict {
    if is(answer, "cancelled") {
        return Verdict::done("cancelled");
    }
    let reason = text(answer, "reason").map(plain);
    let ended = |word: &str| matches!(word, "completed" | "succeeded" | "failed" | "timed_out" | "cancelled" | "lost");
    let status = answer.pointer("/task/status").and_then(Value::as_str);
    if is(answer, "found")
        && (status.is_some_and(ended) || reason.as_deref().is_some_and(|reason| reason.contains("already")))
    {
        return Verdict::new(Outcome::NotRunning, reason.unwrap_or_else(|| "The task has ended.".to_owned()));
    }
    refused(answer, "OpenClaw did not cancel the task.")
}

fn refused(answer: &Value, otherwise: &str) -> Verdict {
    Verdict::refused(text(answer, "reason").map_or_else(|| otherwise.to_owned(), plain))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_recorded_answer_is_understood() {
        assert!(has_aborted(&json!({"ok": true, "aborted": true, "runIds": ["k-live-2"]})));
        assert!(has_aborted(&json!({"ok": true, "abortedRunId": "k-live-2", "status": "aborted"})));
        for idle in [
            json!({"ok": true, "aborted": false, "runIds": []}),
            json!({"ok": true, "abortedRunId": null, "status": "no-active-run"}),
            json!(null),
        ] {
            assert!(!has_aborted(&idle), "{idle}");
        }
        for (verdict, outcome, detail) in [
            (
                compacted(&json!({"ok": true, "compacted": false, "kept": 12})),
                Outcome::Done,
                "nothing was compacted: the conversation is short",
            ),
            (
                compacted(&json!({"ok": true, "compacted": false, "reason": "no transcript"})),
                Outcome::Done,
                "nothing was compacted: no transcript",
            ),
            (compacted(&json!({"ok": false, "compacted": false, "reason": "too\nfew"})), Outcome::Refused, "too few"),
            (
                compacted(&json!({"ok": true, "compacted": true, "result": {"tokensBefore": 410, "tokensAfter": 37}})),
                Outcome::Done,
                "compacted from 410 to 37 tokens",
            ),
            (
                compacted(&json!({"ok": true, "compacted": true, "result": {"tokensBefore": 379}})),
                Outcome::Done,
                "compacted from 379 tokens",
            ),
            (deleted(&json!({"ok": true, "deleted": true, "archived": []})), Outcome::Done, "deleted"),
            (
                deleted(&json!({"ok": true, "deleted": true, "archived": ["a"]})),
                Outcome::Done,
                "deleted; its transcript is archived",
            ),
            (
                deleted(&json!({"ok": true, "deleted": false, "archived": []})),
                Outcome::Refused,
                "OpenClaw deleted nothing: it has no such session.",
            ),
            (reset(&json!({"ok": true, "entry": {}})), Outcome::Done, "reset"),
            (reset(&json!(null)), Outcome::Refused, "OpenClaw did not reset the session."),
            (sent(&json!({"runId": "k", "status": "started"})), Outcome::Done, "started"),
            (cancelled(&json!({"found": true, "cancelled": true})), Outcome::Done, "cancelled"),
            (
                cancelled(&json!({"found": true, "cancelled": false, "reason": "Task is already terminal."})),
                Outcome::NotRunning,
                "Task is already terminal.",
            ),
            (
                cancelled(&json!({"found": false, "cancelled": false, "reason": "Task not found."})),
                Outcome::Refused,
                "Task not found.",
            ),
        ] {
            assert_eq!((verdict.outcome, verdict.detail.as_str()), (outcome, detail));
        }
        assert!(has_session(&json!({"session": {"key": "k"}}), "k") && !has_session(&json!({"session": null}), "k"));
        assert!(
            has_session(&json!({"sessions": [{"key": "k"}]}), "k")
                && !has_session(&json!({"sessions": [{"key": "kk"}]}), "k")
        );
    }

    #[test]
    fn words_are_short_and_plain() {
        let fault = |message: &str, code: &str| {
            words(&Fault { code: code.to_owned(), message: message.to_owned(), ..Fault::default() })
        };
        assert_eq!(fault("a\u{7}b\nc", "X").as_str(), "ab c");
        assert_eq!(
            (fault("", "BUSY").as_str(), fault("", "").as_str()),
            ("BUSY", "OpenClaw refused without a reason.")
        );
        assert_eq!(fault(&"한".repeat(900), "X").chars().count(), 300);
    }
}
