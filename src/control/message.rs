//! The last message that a user sent, as it can be sent again. Pure.

use serde_json::Value;

/// What OpenClaw itself writes in a user's name. Sent again it would mean nothing.
const INJECTED: [&str; 6] = [
    "OpenClaw runtime context (internal)",
    "[OpenClaw runtime context",
    "<<<BEGIN_OPENCLAW_INTERNAL_CONTEXT",
    "A new session was started via",
    "Read HEARTBEAT.md",
    "System:",
];

/// A message to send again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Repeatable {
    /// Its text.
    pub(super) text: String,
    /// Whether there was more than text, which cannot be sent again.
    pub(super) had_more: bool,
    /// Whether it was answered to the end.
    pub(super) is_answered: bool,
}

/// The last one in the answer of `sessions.get`; none where there is none with a text.
pub(super) fn last_of_user(answer: &Value) -> Option<Repeatable> {
    let messages = answer.get("messages")?.as_array()?;
    let at = messages.iter().rposition(|message| repeatable(message).is_some())?;
    let is_answered = messages[at..].iter().any(|later| {
        let word = |name: &str| later.get(name).and_then(Value::as_str);
        // What was written of an answer until it was cut off is stored as one that ended, with a mark.
        word("role") == Some("assistant")
            && matches!(word("stopReason"), Some("stop" | "length"))
            && later.get("openclawAbort").is_none()
    });
    repeatable(&messages[at]).map(|found| Repeatable { is_answered, ..found })
}

fn repeatable(message: &Value) -> Option<Repeatable> {
    if message.get("role")?.as_str()? != "user" || is_internal(message) {
        return None;
    }
    let (text, had_more) = match message.get("content")? {
        Value::String(text) => (text.clone(), false),
        Value::Array(parts) => {
            let texts: Vec<&str> = parts
                .iter()
                .filter(|part| part.get("type").and_then(Value::as_str) == Some("text"))
                .filter_map(|part| part.get("text")?.as_str())
                .collect();
            (texts.join("\n"), texts.len() < parts.len())
        }
        _ => return None,
    };
    let text = without_time(text.trim_start()).trim_end();
    let is_ours = !text.is_empty() && !INJECTED.iter().any(|mark| text.starts_with(mark));
    is_ours.then(|| Repeatable { text: text.to_owned(), had_more, is_answered: false })
}

/// News of a subagent or of the system. What another session or a scheduled job asks for is work like any other.
fn is_internal(message: &Value) -> bool {
    let origin = |name: &str| message.pointer(&format!("/provenance/{name}")).and_then(Value::as_str);
    match (origin("kind"), origin("sourceTool")) {
        (_, Some("subagent_announce")) => true,
        (Some("internal_system"), tool) => tool != Some("cron"),
        _ => false,
    }
}

/// Without `[Sun 2026-11-22 14:50 UTC] `, which OpenClaw puts in front and would put there again.
fn without_time(text: &str) -> &str {
    let Some((inside, rest)) = text.strip_prefix('[').and_then(|text| text.split_once("] ")) else { return text };
    let parts: Vec<&str> = inside.split(' ').collect();
    let is_time = match parts[..] {
        [day, date, time, ..] => {
            let shape = |text: &str, shape: &str| {
                text.len() == shape.len()
                    && text.bytes().zip(shape.bytes()).all(|(a, b)| if b == b'0' { a.is_ascii_digit() } else { a == b })
            };
            day.len() == 3 && parts.len() <= 4 && shape(date, "0000-00-00") && shape(time, "00:00")
        }
        _ => false,
    };
    if is_time { rest.trim_start() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn last(messages: &[Value]) -> Option<String> {
        last_of_user(&json!({"messages": messages})).map(|found| found.text)
    }

    #[test]
    fn the_last_words_of_a_user_are_found() {
        let user = |text: &str| json!({"role": "user", "content": [{"type": "text", "text": text}]});
        let reply = json!({"role": "assistant", "content": [{"type": "text", "text": "no"}]});
        let announced = json!({"role": "user", "content": "done", "provenance": {"kind": "inter_session", "sourceTool": "subagent_announce"}});
        let job = json!({"role": "user", "content": "[cron:x nightly] report", "provenance": {"kind": "internal_system", "sourceTool": "cron"}});
        let event =
            json!({"role": "user", "content": "tick", "provenance": {"kind": "internal_system", "sourceTool": "exec"}});
        let context =
            user("[Sun 2026-11-22 14:44 UTC] OpenClaw runtime context (internal):\nThis is runtime-generated");
        assert_eq!(
            last(&[
                user("first"),
                user("[Sun 2026-11-22 14:50 UTC] second "),
                reply.clone(),
                announced,
                context,
                event
            ])
            .as_deref(),
            Some("second")
        );
        assert_eq!(last(&[user("first"), job]).as_deref(), Some("[cron:x nightly] report"));
        assert_eq!(last(&[user("[note] keep it")]).as_deref(), Some("[note] keep it"));
        assert_eq!(
            last(&[user("[Sun 2026-11-2x 14:50 UTC] keep")]).as_deref(),
            Some("[Sun 2026-11-2x 14:50 UTC] keep")
        );
        assert_eq!(last(&[json!({"role": "user", "content": "@slow 60"})]).as_deref(), Some("@slow 60"));
        assert_eq!(last(&[reply, json!(7), json!({"role": "user", "content": 7}), user("  ")]), None);
        assert_eq!(last_of_user(&json!({"messages": "x"})), None);
    }

    #[test]
    fn what_is_lost_is_known() {
        let picture = json!({"role": "user", "content": [{"type": "image", "data": "…"}, {"type": "text", "text": "what is this?"}]});
        assert_eq!(
            last_of_user(&json!({"messages": [picture]})),
            Some(Repeatable { text: "what is this?".to_owned(), had_more: true, is_answered: false })
        );
    }

    #[test]
    fn a_message_that_was_answered_is_told_from_one_that_was_cut_off() {
        let user = json!({"role": "user", "content": "go"});
        let with = |stop: &str| {
            let reply = json!({"role": "assistant", "content": [], "stopReason": stop});
            last_of_user(&json!({"messages": [user, reply]})).map(|found| found.is_answered)
        };
        assert_eq!((with("stop"), with("aborted"), with("toolUse")), (Some(true), Some(false), Some(false)));
        let cut_off = json!({"role": "assistant", "content": [], "stopReason": "stop", "openclawAbort": {"aborted": true, "origin": "rpc"}});
        let found = last_of_user(&json!({"messages": [user, cut_off]})).unwrap();
        assert!(!found.is_answered);
    }
}
