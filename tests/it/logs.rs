//! The log of OpenClaw: which lines are a session's own, what came since, and what is said when there is none.

use std::fmt::Write as _;
use std::sync::Arc;

use factory_dashboard::domain::secret::Secret;
use factory_dashboard::gateway::connection::Caller;
use factory_dashboard::gateway::methods::Purpose;
use factory_dashboard::gateway::settings::{Address, Auth, Target};
use factory_dashboard::logs::{After, Ask, Level, Part, Place, Told, read};
use serde_json::json;
use tempfile::TempDir;

use crate::support::StateDir;
use crate::support::scripted::{Push, Recording, ScriptedGateway, TOKEN};

const KEY: &str = "agent:main:main";
const TRANSCRIPT: &str = "13cb8476-f2de-4f21-a5c4-cbb0c6404ee8";
const RUN: &str = "477bb78e-05cb-4b6e-a782-7ffa0e4ad011";

/// A line as OpenClaw 2026.9.6 writes it.
fn line(at: &str, level: &str, subsystem: &str, message: &str) -> String {
    let name = json!({"subsystem": subsystem}).to_string();
    let meta = json!({"date": format!("2026-11-24T{at}.000Z"), "logLevelName": level, "name": name});
    let time = format!("2026-11-24T{at}.000+00:00");
    format!("{}\n", json!({"0": name, "1": message, "_meta": meta, "time": time, "message": message}))
}

fn log() -> String {
    [
        line("10:00:00", "INFO", "gateway", "loading configuration"),
        line("10:00:01", "INFO", "gateway/ws", &format!("res agent runId={RUN} conn=7dd4")),
        line("10:00:02", "WARN", "agent/embedded", &format!("prep stages: runId={RUN} sessionId={TRANSCRIPT}")),
        line("10:00:03", "INFO", "gateway/ws", "res agent runId=00000000-0000-4000-8000-000000000000"),
        line("10:00:04", "ERROR", "agent/embedded", &format!("run failed runId={RUN}")),
        line("10:00:05", "DEBUG", "queue", &format!("session lane {KEY}")),
    ]
    .concat()
}

/// A state directory whose settings name this log.
fn with_log(text: &str) -> StateDir {
    let dir = StateDir::new();
    let file = dir.path("openclaw.log");
    dir.write("openclaw.log", text);
    dir.write("openclaw.json", json!({"logging": {"file": file}}).to_string());
    dir
}

fn ask() -> Ask {
    let names = vec![KEY.to_owned(), TRANSCRIPT.to_owned()];
    Ask { after: None, limit: 200, level: Level::Trace, names, only_own: true }
}

async fn told(dir: &StateDir, ask: Ask) -> Part {
    let place = Place { root: Some(dir.root().to_owned()), gateway: Err("There is no gateway here.".to_owned()) };
    read(place, ask).await
}

fn seconds(part: &Part) -> Vec<i64> {
    part.lines.iter().map(|line| line.at.unwrap() / 1000 % 60).collect()
}

#[tokio::test]
async fn a_session_s_own_lines_name_it_or_one_of_its_runs() {
    let dir = with_log(&log());
    let own = told(&dir, ask()).await;
    assert_eq!(seconds(&own), [1, 2, 4, 5]);
    assert!(own.lines.iter().all(|line| line.mine));
    assert_eq!((own.source, own.file.as_deref(), own.problem.as_deref()), ("file", Some("openclaw.log"), None));
    assert_eq!(own.lines[1].subsystem.as_deref(), Some("agent/embedded"));
    let all = told(&dir, Ask { only_own: false, ..ask() }).await;
    assert_eq!(seconds(&all), [0, 1, 2, 3, 4, 5]);
    assert_eq!(all.lines.iter().map(|line| line.mine).collect::<Vec<_>>(), [false, true, true, false, true, true]);
}

#[tokio::test]
async fn a_name_that_goes_on_is_another_one() {
    let text = [
        line("10:00:00", "INFO", "queue", &format!("lane {KEY}:thread:7 waits")),
        line("10:00:01", "INFO", "queue", &format!("lane {KEY}-two waits")),
        line("10:00:02", "INFO", "queue", &format!("lane {KEY}: waits")),
        line("10:00:03", "INFO", "queue", &format!("lane {KEY}")),
    ];
    assert_eq!(seconds(&told(&with_log(&text.concat()), ask()).await), [2, 3]);
}

#[tokio::test]
async fn a_level_means_this_one_and_worse_and_a_limit_the_newest() {
    let dir = with_log(&log());
    assert_eq!(seconds(&told(&dir, Ask { level: Level::Info, ..ask() }).await), [1, 2, 4]);
    assert_eq!(seconds(&told(&dir, Ask { level: Level::Warn, ..ask() }).await), [2, 4]);
    assert_eq!(seconds(&told(&dir, Ask { level: Level::Fatal, ..ask() }).await), Vec::<i64>::new());
    assert_eq!(seconds(&told(&dir, Ask { limit: 2, only_own: false, ..ask() }).await), [4, 5]);
}

#[tokio::test]
async fn what_came_since_is_told_once_also_in_a_new_file() {
    let dir = with_log(&log());
    let first = told(&dir, ask()).await;
    let after = After::parse(&first.after.unwrap().to_string());
    assert_eq!(after, first.after);
    let quiet = told(&dir, Ask { after, ..ask() }).await;
    assert_eq!((quiet.lines.len(), quiet.after), (0, first.after));
    // A line that is half written waits until it is whole.
    let next = line("10:00:06", "INFO", "queue", &format!("lane done {KEY}"));
    let (half, rest) = next.split_at(40);
    dir.write("openclaw.log", log() + half);
    assert_eq!(told(&dir, Ask { after, ..ask() }).await.lines.len(), 0);
    dir.write("openclaw.log", log() + half + rest);
    let more = told(&dir, Ask { after, ..ask() }).await;
    assert_eq!(seconds(&more), [6]);
    // A file that was begun anew is read from its beginning.
    dir.write("openclaw.log", line("10:00:07", "INFO", "gateway", KEY));
    assert_eq!(seconds(&told(&dir, Ask { after: more.after, ..ask() }).await), [7]);
}

#[tokio::test]
async fn of_a_large_log_the_end_is_read() {
    let mut text = String::new();
    for number in 0..60_000 {
        let _ = write!(text, "{}", line("09:00:00", "INFO", "noise", &format!("{number} {KEY}")));
    }
    assert!(text.len() > 8 << 20);
    let dir = with_log(&(text + &log()));
    let part = told(&dir, Ask { limit: 5, ..ask() }).await;
    assert_eq!(seconds(&part), [0, 1, 2, 4, 5]);
    assert!(part.lines[0].message.starts_with("59999 "));
}

#[tokio::test]
async fn odd_lines_are_shown_as_they_stand_and_where_there_is_no_log_it_says_so() {
    let odd = format!("(node:1) Warning: {KEY}\n\n{{\"0\":7}}\n[1]\n\u{fffd}\n");
    let part = told(&with_log(&odd), Ask { only_own: false, ..ask() }).await;
    let messages: Vec<&str> = part.lines.iter().map(|line| line.message.as_str()).collect();
    assert_eq!(messages, [&format!("(node:1) Warning: {KEY}"), "7", "[1]", "\u{fffd}"]);
    let place = Place { root: None, gateway: Err("There is no gateway here.".to_owned()) };
    let nothing = read(place, ask()).await;
    assert_eq!(nothing.lines.len(), 0);
    assert_eq!(nothing.problem.as_deref(), Some("No log of OpenClaw can be read. There is no gateway here."));
}

#[tokio::test]
async fn what_is_left_out_between_two_answers_is_said() {
    let dir = with_log(&log());
    let first = told(&dir, ask()).await;
    assert!(!first.gap, "the newest lines are what was asked for");
    let later: String = (10..20).map(|second| line(&format!("10:00:{second}"), "INFO", "queue", KEY)).collect();
    dir.write("openclaw.log", log() + &later);
    let all = told(&dir, Ask { after: first.after, limit: 10, ..ask() }).await;
    assert_eq!((seconds(&all).len(), all.gap), (10, false));
    let some = told(&dir, Ask { after: first.after, limit: 3, ..ask() }).await;
    assert_eq!((seconds(&some), some.gap), (vec![17, 18, 19], true));
}

/// OpenClaw notes each connection in the log that is followed.
#[tokio::test]
async fn who_follows_the_log_of_a_gateway_stays_connected() {
    let gateway = ScriptedGateway::playing(Recording::of("2026.9.6")).await;
    let lines = json!([line("10:00:01", "INFO", "queue", &format!("lane done {KEY}"))]);
    gateway.answer("logs.tail", Some(json!({"file": "/somewhere/openclaw.log", "cursor": 7, "lines": lines})));
    let devices = TempDir::new().unwrap();
    let line = Arc::default();
    let ask_it = async |after: Option<After>| {
        let target = Target {
            url: Address::of(gateway.url.clone()),
            auth: Auth { token: Secret::of(TOKEN), password: None },
            must_be_of: None,
            devices: devices.path().to_owned(),
        };
        let caller = Caller::new(target, Purpose::Watch);
        let told = Told { caller, line: Arc::clone(&line) };
        read(Place { root: None, gateway: Ok(told) }, Ask { after, ..ask() }).await
    };
    let first = ask_it(None).await;
    assert_eq!((seconds(&first), first.source, first.file.as_deref()), (vec![1], "gateway", Some("openclaw.log")));
    assert_eq!(seconds(&ask_it(first.after).await), [1]);
    assert_eq!((gateway.asked("connect").len(), gateway.asked("logs.tail").len()), (1, 2));
    assert_eq!(gateway.asked("logs.tail")[1]["cursor"], 7);
    // One that was closed meanwhile is called again.
    gateway.push(Push::Close);
    assert_eq!(seconds(&ask_it(first.after).await), [1]);
    assert_eq!(gateway.asked("connect").len(), 2);
}
