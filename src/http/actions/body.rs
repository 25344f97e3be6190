//! The bodies of actions: every field checked, all mistakes named at once. Pure.

use serde_json::{Map, Value};

use crate::control::Action;
use crate::http::error::ApiError;

/// No body is longer.
pub const LONGEST_BODY: usize = 64 << 10;
/// No message is longer.
const LONGEST_MESSAGE: usize = 32 << 10;
/// No key is longer.
const LONGEST_KEY: usize = 128;

/// What is asked for.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) action: Action,
    pub(super) installation: Option<String>,
    pub(super) idempotency_key: Option<String>,
}

/// The body of an action on a session.
pub(super) fn of_a_session(body: &[u8]) -> Result<Asked, ApiError> {
    read(body, &["action", "installation", "message", "idempotencyKey"], &Action::OF_A_SESSION)
}

/// The body of an action on a task.
pub(super) fn of_a_task(body: &[u8]) -> Result<Asked, ApiError> {
    read(body, &["action", "installation", "idempotencyKey"], &["cancel"])
}

fn read(body: &[u8], fields: &[&str], actions: &[&str]) -> Result<Asked, ApiError> {
    let wrong = |error: &str| ApiError::BadQuery(vec![error.to_owned()]);
    let fields_of: Map<String, Value> = match serde_json::from_slice(body) {
        Ok(Value::Object(object)) => object,
        Ok(_) => return Err(wrong("The body must be a JSON object such as {\"action\":\"stop\"}.")),
        Err(error) => return Err(wrong(&format!("The body is no JSON: {error}."))),
    };
    let mut errors = Vec::new();
    for name in fields_of.keys().filter(|name| !fields.contains(&name.as_str())) {
        errors.push(format!("There is no field '{name}'; there are {}.", fields.join(", ")));
    }
    let mut text = |name: &str| match fields_of.get(name) {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.clone()),
        Some(_) => {
            errors.push(format!("'{name}' must be a text."));
            None
        }
    };
    let (word, message) = (text("action"), if fields.contains(&"message") { text("message") } else { None });
    let (installation, idempotency_key) = (text("installation"), text("idempotencyKey"));
    let is_given = |name: &str| fields_of.get(name).is_some_and(|value| !value.is_null());

    if !is_given("action") {
        errors.push(format!("'action' is missing; it must be {}.", actions.join(" or ")));
    }
    let word = word.filter(|word| {
        let is_known = actions.contains(&word.as_str());
        if !is_known {
            errors.push(format!("'{word}' is not allowed for 'action'; it must be {}.", actions.join(" or ")));
        }
        is_known
    });
    let sends = word.as_deref() == Some("send");
    match &message {
        Some(message) if message.len() > LONGEST_MESSAGE => {
            errors.push(format!("'message' is too long; it may have {} KB.", LONGEST_MESSAGE >> 10));
        }
        Some(message) if sends && message.trim().is_empty() => errors.push("'message' is empty.".to_owned()),
        Some(_) if !sends && word.is_some() => errors.push("'message' goes with 'send' only.".to_owned()),
        None if sends && !is_given("message") => errors.push("'message' is missing.".to_owned()),
        _ => {}
    }
    let is_plain =
        |key: &String| (1..=LONGEST_KEY).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
    if idempotency_key.as_ref().is_some_and(|key| !is_plain(key)) {
        errors.push(format!(
            "'idempotencyKey' must be 1 to {LONGEST_KEY} ASCII letters, digits and signs without spaces."
        ));
    }
    let action = match word.as_deref() {
        Some("stop") => Action::Stop,
        Some("restart") => Action::Restart,
        Some("reset") => Action::Reset,
        Some("compact") => Action::Compact,
        Some("delete") => Action::Delete,
        Some("cancel") => Action::Cancel,
        _ => Action::Send(message.unwrap_or_default()),
    };
    if errors.is_empty() {
        Ok(Asked { action, installation, idempotency_key })
    } else {
        Err(ApiError::BadQuery(errors))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(outcome: Result<Asked, ApiError>) -> usize {
        match outcome {
            Err(ApiError::BadQuery(errors)) => errors.len(),
            Err(_) => usize::MAX,
            Ok(_) => 0,
        }
    }

    #[test]
    fn all_mistakes_are_named_at_once() {
        for (body, mistakes) in [
            (r#"{"action":"stop"}"#, 0),
            (r#"{"action":"send","message":"hi","idempotencyKey":"a-1","installation":"x"}"#, 0),
            (r#"{"action":"stop","message":null}"#, 0),
            ("", 1),
            ("[]", 1),
            ("{}", 1),
            (r#"{"action":"cancel"}"#, 1),
            (r#"{"action":"send"}"#, 1),
            (r#"{"action":"send","message":"  "}"#, 1),
            (r#"{"action":"send","message":7}"#, 1),
            (r#"{"action":"stop","message":"x"}"#, 1),
            (r#"{"action":7,"force":true,"idempotencyKey":"a b","installation":[]}"#, 4),
        ] {
            assert_eq!(errors(of_a_session(body.as_bytes())), mistakes, "{body}");
        }
        let long = format!(r#"{{"action":"send","message":"{}"}}"#, "x".repeat(LONGEST_MESSAGE + 1));
        assert_eq!(errors(of_a_session(long.as_bytes())), 1);
        assert_eq!(errors(of_a_task(br#"{"action":"cancel"}"#)), 0);
        assert_eq!(errors(of_a_task(br#"{"action":"stop","message":"x"}"#)), 2);
    }
}
