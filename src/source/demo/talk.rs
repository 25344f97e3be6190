//! What simulated agents say: a transcript made up from the calls of a session, the same each time. A new call adds to
//! its end; when it comes late, the call before it turns out to have been the last of its run.

use std::io::Write;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::domain::usage::{CallOutcome, ModelCall};
use crate::domain::{Millis, SessionId};
use crate::source::records::hash;

/// A piece of work: what is asked, the tool and what it is called with, what it gives, what is made of it.
struct Piece {
    asked: &'static str,
    tool: &'static str,
    arguments: &'static str,
    gives: &'static str,
    exit_code: i64,
    answer: &'static str,
}

const PIECES: [Piece; 6] = [
    Piece {
        asked: "The nightly build is red since this morning. Find out which test fails, and whether it is the test or the code.",
        tool: "exec",
        arguments: r#"{"command":"cargo nextest run --workspace","timeout":600}"#,
        gives: "FAIL billing::tests::rounds_half_up\n  assertion failed: left: 1005, right: 1004",
        exit_code: 101,
        answer: "One test fails, `rounds_half_up`, and it is **the code**: a total is rounded before the discount is taken off.\n\n```rust\nlet total = (sum - discount).round_half_up();\n```\n\nI changed the order and ran the suite again.",
    },
    Piece {
        asked: "지난주 고객 문의를 주제별로 나누고, 두 번 이상 나온 것만 표로 정리해 주세요.",
        tool: "read",
        arguments: r#"{"path":"inbox/2026-week-47.csv"}"#,
        gives: "id,subject,received\n1041,환불이 늦어요,2026-11-16\n1042,영수증을 다시 받고 싶어요,2026-11-16\n…",
        exit_code: 0,
        answer: "두 번 이상 나온 주제입니다.\n\n| 주제 | 건수 |\n| --- | ---: |\n| 환불 지연 | 14 |\n| 영수증 재발급 | 9 |\n| 로그인 실패 | 4 |\n\n환불 지연은 모두 같은 결제 수단에서 나왔습니다.",
    },
    Piece {
        asked: "Read the three papers in the folder and say in five sentences what they agree on.",
        tool: "web_fetch",
        arguments: r#"{"url":"https://example.org/papers/caching.pdf"}"#,
        gives: "Abstract. We study prompt caches with a shared prefix …",
        exit_code: 0,
        answer: "All three agree on this:\n\n1. A stable prefix pays for its cache write after two reads.\n2. Tool results belong behind the prefix, not into it.\n3. A compaction throws the cache away, so it should be rare.\n\nThey differ in how they count *time to first token*.",
    },
    Piece {
        asked: "Rotate the webhook secret and tell me when the old one can go. The old one is {secret}.",
        tool: "exec",
        arguments: r#"{"command":"kubectl rollout status deploy/webhooks"}"#,
        gives: "deployment \"webhooks\" successfully rolled out",
        exit_code: 0,
        answer: "Both secrets are accepted now. The last delivery signed with the old one was 40 minutes ago; it can go **tomorrow at 09:00**.",
    },
    Piece {
        asked: "Where does the time go when the importer starts? Measure it, do not guess.",
        tool: "exec",
        arguments: r#"{"command":"hyperfine --warmup 3 'importer --dry-run'"}"#,
        gives: "Time (mean ± σ):     412.0 ms ±  9.1 ms    [User: 371.2 ms, System: 38.9 ms]",
        exit_code: 0,
        answer: "412 ms in all. Of these:\n\n- 290 ms are spent on compiling one regular expression, for each file anew\n- 61 ms on opening the database\n- the rest is reading\n\nMaking the expression once brings it to 124 ms.",
    },
    Piece {
        asked: "이번 배포에서 달라진 점을 사용자에게 알릴 말로 적어 주세요. 짧고 정확하게.",
        tool: "exec",
        arguments: r#"{"command":"git log --oneline v2.3..HEAD"}"#,
        gives: "4f1c2aa Reports open twice as fast\n9b7d10e Exports keep the order of columns\n…",
        exit_code: 0,
        answer: "### 2.4에서 달라진 점\n\n- 보고서가 두 배 빨리 열립니다.\n- 내보낸 파일의 열 순서가 화면과 같습니다.\n- 알림을 받을 시간을 정할 수 있습니다.",
    },
];

/// How long a made-up model takes to answer.
const ANSWERS_IN: Millis = 4_000;
/// After such a pause somebody must have asked again.
const PAUSE: Millis = 600_000;
/// How long a made-up tool takes.
const TOOL_TAKES: Millis = 1_700;

/// The transcript as OpenClaw would have written it, one record a line.
#[must_use]
pub fn transcript(session_id: &SessionId, calls: &[ModelCall]) -> Vec<u8> {
    let mut out = Vec::new();
    let began = calls.first().map_or(0, |call| call.at - 2 * ANSWERS_IN);
    let header = json!({"type": "session", "version": 3, "id": session_id.as_str(), "timestamp": iso(began)});
    line(&mut out, &header);
    let mut parent: Option<String> = None;
    let mut open: Option<(&Piece, String)> = None;
    for (number, call) in calls.iter().enumerate() {
        let chance = hash(&[session_id.as_str().as_bytes(), &call.at.to_le_bytes(), &number.to_le_bytes()]);
        let id = |kind: char| format!("{kind}{:07x}", chance & 0x0fff_ffff);
        let began = call.at - ANSWERS_IN;
        let piece = match open.take() {
            Some((piece, call_id)) => {
                let message = json!({"role": "toolResult", "toolCallId": call_id, "toolName": piece.tool,
                    "content": [{"type": "text", "text": piece.gives}], "isError": piece.exit_code != 0, "timestamp": began,
                    "details": {"status": "completed", "durationMs": TOOL_TAKES,
                        "exitCode": (piece.tool == "exec").then_some(piece.exit_code)}});
                parent = Some(record(&mut out, &id('t'), parent.as_deref(), began, &message));
                piece
            }
            None => {
                let piece = &PIECES[usize::try_from(chance % PIECES.len() as u64).unwrap_or_default()];
                // Put together here: no scanner shall find a secret in the program.
                let secret = format!("ghp_{:016x}{:016x}{:04x}", chance, chance.rotate_left(23), chance & 0xffff);
                let asked = piece.asked.replace("{secret}", &secret);
                let message = json!({"role": "user", "content": asked, "timestamp": began});
                parent = Some(record(&mut out, &id('u'), parent.as_deref(), began - 300, &message));
                piece
            }
        };
        let goes_on = calls.get(number + 1).is_none_or(|next| next.at - call.at <= PAUSE);
        let uses_tool = call.outcome == CallOutcome::Answered && goes_on && chance >> 32 & 3 != 0;
        let call_id = format!("call_{}", id('c'));
        let message = answer(call, piece, uses_tool.then_some(call_id.as_str()));
        parent = Some(record(&mut out, &id('a'), parent.as_deref(), call.at, &message));
        open = uses_tool.then_some((piece, call_id));
    }
    out
}

fn answer(call: &ModelCall, piece: &Piece, tool_call: Option<&str>) -> Value {
    let arguments = || serde_json::from_str::<Value>(piece.arguments).unwrap_or_default();
    let (content, stop) = match (call.outcome, tool_call) {
        (CallOutcome::Failed, _) => (json!([]), "error"),
        (CallOutcome::Aborted, _) => (json!([{"type": "text", "text": ""}]), "aborted"),
        (_, Some(id)) => {
            (json!([{"type": "toolCall", "id": id, "name": piece.tool, "arguments": arguments()}]), "toolUse")
        }
        (_, None) => (json!([{"type": "text", "text": piece.answer}]), "stop"),
    };
    let cost = call.recorded.map_or(0.0, crate::domain::money::Money::dollars);
    let model = call.model.as_ref();
    let mut message = json!({"role": "assistant", "content": content, "stopReason": stop, "timestamp": call.at - ANSWERS_IN,
        "provider": model.map(|model| model.provider.as_ref()), "model": model.map(|model| model.model.as_ref()),
        "usage": {"input": call.usage.input, "output": call.usage.output, "cacheRead": call.usage.cache_read,
            "cacheWrite": call.usage.cache_write, "cost": {"total": cost}}});
    if let Some(error) = &call.error {
        message["errorMessage"] = json!(error);
    }
    message
}

/// Writes a message; gives its id, which the next one follows.
fn record(out: &mut Vec<u8>, id: &str, parent: Option<&str>, at: Millis, message: &Value) -> String {
    line(out, &json!({"type": "message", "id": id, "parentId": parent, "timestamp": iso(at), "message": message}));
    id.to_owned()
}

fn line(out: &mut Vec<u8>, value: &Value) {
    // Writing to memory cannot fail.
    let _ = writeln!(out, "{value}");
}

fn iso(at: Millis) -> String {
    Timestamp::from_millisecond(at).map_or_else(|_| String::new(), |at| format!("{at:.3}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::usage::{StopReason, TokenUsage};

    fn calls(count: i64) -> Vec<ModelCall> {
        let call = |number: i64| ModelCall {
            identity: number.unsigned_abs(),
            at: 1_795_000_000_000 + number * 60_000,
            model: None,
            usage: TokenUsage { input: 10, output: 2, cache_read: 3, cache_write: 0 },
            recorded: None,
            outcome: if number % 9 == 8 { CallOutcome::Failed } else { CallOutcome::Answered },
            stop: StopReason::Stop,
            message_id: None,
            error: (number % 9 == 8).then(|| "529 overloaded".into()),
        };
        (0..count).map(call).collect()
    }

    #[test]
    fn a_new_call_is_added_at_the_end() {
        let id = SessionId::from("s1");
        let all = transcript(&id, &calls(40));
        for count in 1..40 {
            assert!(all.starts_with(&transcript(&id, &calls(count))), "{count}");
        }
        let mut late = calls(40);
        late[39].at += PAUSE;
        let before = transcript(&id, &late[..39]);
        let last = before[..before.len() - 1].iter().rposition(|byte| *byte == b'\n').expect("lines");
        assert!(transcript(&id, &late).starts_with(&before[..last]), "but for the last answer");
        let records: Vec<Value> = all
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| serde_json::from_slice(line).expect("JSON"))
            .collect();
        let of = |role: &str| records.iter().filter(|record| record["message"]["role"] == role).count();
        assert_eq!(of("assistant"), 40);
        let tool_calls = records.iter().filter(|record| record["message"]["stopReason"] == "toolUse").count();
        assert!(
            of("user") > 3 && tool_calls > 10 && (tool_calls == of("toolResult") || tool_calls == of("toolResult") + 1)
        );
    }
}
