//! What OpenClaw 2026.3.13 and 2026.5.28 put in front of what a user says: who sent it, and when.

/// How the titles of such blocks end.
const CONTEXT: [&str; 2] = [" (untrusted metadata):", " (untrusted, for context):"];

/// What somebody said, without what OpenClaw put in front of it for the model.
#[must_use]
pub fn unwrapped(text: &str) -> &str {
    without_time(without_context(text.trim_start()))
}

/// Without the blocks that say who sent it and where, which OpenClaw puts in front.
fn without_context(text: &str) -> &str {
    let mut rest = text;
    while let Some((title, block)) = rest.split_once("\n```json\n") {
        let is_title = CONTEXT.iter().any(|kind| title.ends_with(kind)) && !title.contains('\n');
        let Some((_, behind)) = block.split_once("\n```").filter(|_| is_title) else { break };
        rest = behind.trim_start();
    }
    rest
}

/// Without `[Sun 2026-11-22 14:50 UTC] `, which OpenClaw puts in front.
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

    #[test]
    fn time_and_sender_are_taken_off_and_nothing_else() {
        let sender = "Sender (untrusted metadata):\n```json\n{\"label\": \"gateway-client\"}\n```\n\n";
        for (text, said) in [
            ("[Sun 2026-11-22 14:50 UTC] second", "second"),
            ("[Sun 2026-11-22 14:50 UTC] [Subagent Context] You", "[Subagent Context] You"),
            ("[note] keep it", "[note] keep it"),
            ("[Sun 2026-11-2x 14:50 UTC] keep", "[Sun 2026-11-2x 14:50 UTC] keep"),
            ("```json\n{}\n```", "```json\n{}\n```"),
            ("", ""),
        ] {
            assert_eq!(unwrapped(text), said);
            assert_eq!(unwrapped(&format!("{sender}{text}")), said);
        }
    }
}
