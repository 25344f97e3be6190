//! The last message that a user sent, as it can be sent again. Pure.

use serde_json::Value;

use crate::domain::envelope::unwrapped;

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
    /// What became of it.
    pub(super) fate: Fate,
    /// When it came.
    at: Option<i64>,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Nothing yet, or its run goes on.
    Open,
    /// A call to the model failed; the run may have gone on.
    Failed,
    /// Its run was stopped.
    CutOff,
    /// It was answered to the end.
    Answered,
}

impl Repeatable {
    /// Whether both are the same message, whatever became of it.
    pub(super) fn is(&self, other: &Self) -> bool {
        (&self.text, self.at) == (&other.text, other.at)
    }
}

/// The last one in the answer of `sessions.get`; none where there is none with a text.
pub(super) fn last_of_user(answer: &Value) -> Option<Repeatable> {
    let messages = answer.get("messages")?.as_array()?;
    let at = messages.iter().rposition(|message| repeatable(message).is_some())?;
    let fates: Vec<Fate> = messages[at..].iter().map(fate).collect();
    let worst_first = [Fate::Answered, Fate::CutOff, Fate::Failed];
    let fate = worst_first.into_iter().find(|fate| fates.contains(fate)).unwrap_or(Fate::Open);
    repeatable(&messages[at]).map(|found| Repeatable { fate, ..found })
}

/// What an answer says of the message before it.
fn fate(later: &Value) -> Fate {
    let word = |name: &str| later.get(name).and_then(Value::as_str);
    if word("role") != Some("assistant") {
        return Fate::Open;
    }
    match word("stopReason") {
        // What was written of an answer until it was cut off is stored as one that ended, with a mark.
        _ if later.get("openclawAbort").is_some() => Fate::CutOff,
        Some("aborted") => Fate::CutOff,
        Some("stop" | "length") => Fate::Answered,
        Some("error") => Fate::Failed,
        _ => Fate::Open,
    }
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
    let text = unwrapped(&text).trim_end();
    let is_ours = !text.is_empty() && !INJECTED.iter().any(|mark| text.starts_with(mark));
    let at = message.get("timestamp").and_then(Value::as_i64);
    is_ours.then(|| Repeatable { text: text.to_owned(), had_more, fate: Fate::Open, at })
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
            Some(Repeatable { text: "what is this?".to_owned(), had_more: true, fate: Fate::Open, at: None })
        );
    }

    #[test]
    fn what_became_of_a_message_is_known() {
        let user = json!({"role": "user", "content": "go", "timestamp": 5});
        let after = |later: &[Value]| {
            let messages: Vec<&Value> = std::iter::once(&user).chain(later).collect();
            last_of_user(&json!({"messages": messages})).unwrap().fate
        };
        let reply = |stop: &str| json!({"role": "assistant", "content": [], "stopReason": stop});
        for (stop, fate) in [
            ("stop", Fate::Answered),
            ("length", Fate::Answered),
            ("aborted", Fate::CutOff),
            ("error", Fate::Failed),
            ("toolUse", Fate::Open),
        ] {
            assert_eq!(after(&[reply(stop)]), fate, "{stop}");
        }
        let cut_off = json!({"role": "assistant", "content": [], "stopReason": "stop", "openclawAbort": {"aborted": true, "origin": "rpc"}});
        assert_eq!(after(std::slice::from_ref(&cut_off)), Fate::CutOff);
        assert_eq!(after(&[reply("toolUse"), reply("error"), reply("toolUse")]), Fate::Failed);
        assert_eq!(after(&[reply("error"), cut_off, reply("aborted")]), Fate::CutOff);
    }

    /// As 2026.3.13 stores a message of `chat.send`.
    #[test]
    fn what_openclaw_put_in_front_of_a_message_is_not_sent_again() {
        let stored = "Sender (untrusted metadata):\n```json\n{\n  \"label\": \"cli\",\n  \"id\": \"cli\"\n}\n```\n\n[Fri 2026-11-27 13:19 UTC] @as one\n@hold\nround 1";
        let message =
            json!({"role": "user", "content": [{"type": "text", "text": stored}], "timestamp": 1_795_785_593_102_i64});
        assert_eq!(last(&[message]).as_deref(), Some("@as one\n@hold\nround 1"));
        let two = "Conversation info (untrusted metadata):\n```json\n{}\n```\n\nReplied message (untrusted, for context):\n```json\n{}\n```\n\ngo";
        assert_eq!(last(&[json!({"role": "user", "content": two})]).as_deref(), Some("go"));
        for own in ["Look at this:\n```json\n{}\n```\nand go", "Sender (untrusted metadata):\n```json\n{}"] {
            assert_eq!(last(&[json!({"role": "user", "content": own})]).as_deref(), Some(own));
        }
    }
}
