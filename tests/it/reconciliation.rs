//! What OpenClaw itself counts beside what is read: a fake command, and a listener as its gateway.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use factory_dashboard::clock::Clock;
use factory_dashboard::domain::InstallationId;
use factory_dashboard::domain::event::Event;
use factory_dashboard::domain::health::{LedgerHealth, LedgerStatus};
use factory_dashboard::domain::reconciliation::OpenClawTotals;
use factory_dashboard::pipeline::Pipeline;
use factory_dashboard::source::gateway_usage::GatewayUsage;
use factory_dashboard::store::sqlite::SqliteLedger;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::running::program;
use crate::support::{NOW, StateDir, World, book, call, header, one_session};

/// A state directory whose gateway listens, with a command that runs a script.
struct Lab {
    dir: StateDir,
    bin: TempDir,
    gateway: Option<TcpListener>,
}

impl Lab {
    /// One session `s1` of two calls: one with a recorded cost of 1 cent, one without.
    fn new(script: &str) -> Self {
        let dir = one_session(&[
            header("s1"),
            call("a", "11:00:01", [100, 20, 30, 0], Some(0.01)),
            call("b", "11:00:02", [1000, 200, 0, 0], None),
        ]);
        let gateway = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = gateway.local_addr().unwrap().port();
        dir.write("openclaw.json", format!("{{gateway: {{port: {port}, auth: {{token: 'very-secret'}}}}}}"));
        let lab = Self { dir, bin: TempDir::new().unwrap(), gateway: Some(gateway) };
        let script = format!("#!/bin/sh\ncd '{}'\necho \"$*\" >> words\n{script}\n", lab.bin.path().display());
        std::fs::write(lab.program(), script).unwrap();
        std::fs::set_permissions(lab.program(), std::fs::Permissions::from_mode(0o755)).unwrap();
        lab
    }

    /// The command prints this.
    fn answering(answer: &Value) -> Self {
        Self::new(&format!("/bin/cat <<'JSON'\n{answer}\nJSON"))
    }

    fn program(&self) -> PathBuf {
        self.bin.path().join("openclaw")
    }

    /// What the command was called with.
    fn words(&self) -> Vec<String> {
        let words = std::fs::read_to_string(self.bin.path().join("words")).unwrap_or_default();
        words.lines().map(str::to_owned).collect()
    }

    fn gateway_usage(&self) -> GatewayUsage {
        GatewayUsage {
            installation: InstallationId::from("test"),
            root: self.dir.root().to_owned(),
            program: self.program(),
            others: Vec::new(),
        }
    }

    async fn look(&self, world: &World) -> Result<OpenClawTotals, String> {
        self.gateway_usage().look(world.clock.as_ref()).await
    }

    /// The source as `/api/sources` shows it after OpenClaw was asked.
    async fn source(&self) -> Value {
        let mut world = World::of(self.dir.root());
        world.read();
        let answer = self.look(&world).await;
        take(&mut world, answer);
        world.get("/api/sources").await["sources"][0].clone()
    }

    async fn agent(&self) -> Value {
        self.source().await["agents"][0].clone()
    }
}

fn take(world: &mut World, answer: Result<OpenClawTotals, String>) {
    let mut events = vec![Event::OpenClawUsage(InstallationId::from("test"), answer)];
    world.pipeline.take_in(&mut events, world.clock.now()).unwrap();
}

/// An answer: sessions of agent `main` with their input and output tokens, the cost, and calls without one.
fn answer(sessions: &[(&str, u64, u64, u64)], cost: f64, missing: u64) -> Value {
    let sum = |of: fn(&(&str, u64, u64, u64)) -> u64| sessions.iter().map(of).sum::<u64>();
    let figures = |input, output, read| json!({"input": input, "output": output, "cacheRead": read, "cacheWrite": 0});
    let rows = sessions.iter().map(|(id, input, output, read)| {
        json!({"key": "k", "agentId": "main", "sessionId": id, "usage": figures(*input, *output, *read)})
    });
    let mut totals = figures(sum(|one| one.1), sum(|one| one.2), sum(|one| one.3));
    totals["totalCost"] = json!(cost);
    totals["missingCostEntries"] = json!(missing);
    json!({"updatedAt": NOW - 500, "sessions": rows.collect::<Vec<_>>(),
        "aggregates": {"byAgent": [{"agentId": "main", "totals": totals}]}, "cacheStatus": {"status": "fresh"}})
}

/// The price list has a call of 1,000 input and 200 output tokens at 1 cent.
#[tokio::test]
async fn the_same_tokens_are_equal_and_calls_without_a_cost_there_are_told() {
    let lab = Lab::answering(&answer(&[("s1", 1100, 220, 30)], 0.01, 1));
    let agent = lab.agent().await;
    assert_eq!(
        (&agent["callsRead"], &agent["recordedCalls"], &agent["derivedCalls"]),
        (&json!(2), &json!(1), &json!(1))
    );
    assert_eq!((&agent["unpricedCalls"], &agent["cost"]), (&json!(0), &json!(0.02)));
    let openclaw = &agent["openclaw"];
    assert_eq!(
        openclaw,
        &json!({"inputTokens": 1100, "outputTokens": 220, "cacheReadTokens": 30, "cacheWriteTokens": 0, "cost": 0.01,
            "callsWithoutCost": 1, "askedAt": "2026-11-24T11:59:59.500Z", "difference": {"tokens": 0, "cost": 0.01},
            "explanation": ["OpenClaw counts the same tokens.",
                "OpenClaw knows no cost of 1 call; where the price list has the model, they have a price here."],
            "reasons": [{"reason": "same-tokens", "sessions": 0, "calls": 0, "tokens": 0},
                {"reason": "no-cost-there", "sessions": 0, "calls": 1, "tokens": 0}]})
    );
    assert_eq!(
        lab.words(),
        [r#"gateway call sessions.usage --params {"agentScope":"all","range":"all","limit":100000} --json"#]
    );
    let equal = Lab::answering(&answer(&[("s1", 1100, 220, 30)], 0.020_000_001, 0)).agent().await;
    assert_eq!(equal["openclaw"]["reasons"][0]["reason"], "equal");
}

#[tokio::test]
async fn each_session_that_differs_is_part_of_the_explanation() {
    let cases = [
        (answer(&[], 0.0, 0), 1350, json!(["forgotten", 1, 2, 1350])),
        (answer(&[("s1", 100, 20, 30)], 0.01, 0), 1200, json!(["more", 1, 2, 1200])),
        (answer(&[("s1", 1100, 220, 30), ("s2", 7, 1, 0)], 0.02, 0), -8, json!(["unread", 1, 0, 8])),
        (answer(&[("s1", 1100, 229, 30)], 0.02, 0), -9, json!(["less", 1, 2, 9])),
    ];
    for (answer, tokens, wanted) in cases {
        let agent = Lab::answering(&answer).agent().await;
        assert_eq!(agent["openclaw"]["difference"]["tokens"], tokens, "{wanted}");
        let reason = &agent["openclaw"]["reasons"][0];
        assert_eq!(json!([reason["reason"], reason["sessions"], reason["calls"], reason["tokens"]]), wanted);
        assert!(agent["openclaw"]["explanation"][0].as_str().unwrap().ends_with('.'));
    }
}

#[tokio::test]
async fn a_call_made_after_the_answer_is_no_difference() {
    let lab = Lab::answering(&answer(&[("s1", 1100, 220, 30)], 0.02, 0));
    let mut world = World::of(lab.dir.root());
    world.read();
    let first = lab.look(&world).await;
    take(&mut world, first);
    let more = call("c", "11:59:58", [5, 5, 0, 0], Some(0.01));
    lab.dir.transcript(
        "s1.jsonl",
        &[std::fs::read_to_string(lab.dir.path("agents/main/sessions/s1.jsonl")).unwrap(), more],
    );
    let before = world.read().get("/api/sources").await["sources"][0]["agents"][0].clone();
    assert_eq!((&before["callsRead"], &before["openclaw"]["difference"]["tokens"]), (&json!(3), &json!(0)));
    // Asked anew, OpenClaw has not seen it yet.
    let second = lab.look(&world).await;
    take(&mut world, second);
    let after = world.get("/api/sources").await["sources"][0]["agents"][0]["openclaw"].clone();
    assert_eq!((&after["difference"]["tokens"], &after["reasons"][0]["reason"]), (&json!(10), &json!("late")));
}

#[tokio::test]
async fn an_answer_that_is_not_whole_is_asked_for_again() {
    let (mut half, whole) = (answer(&[], 0.0, 0), answer(&[("s1", 1100, 220, 30)], 0.02, 0));
    half["cacheStatus"]["status"] = json!("refreshing");
    let script = format!("if [ $(wc -l < words) = 1 ]; then cat <<'A'\n{half}\nA\nelse cat <<'B'\n{whole}\nB\nfi");
    let lab = Lab::new(&script);
    assert_eq!(lab.agent().await["openclaw"]["reasons"][0]["reason"], "equal");
    assert_eq!(lab.words().len(), 2);
}

#[tokio::test]
async fn nobody_is_asked_where_it_would_tell_nothing_or_do_harm() {
    async fn refused(lab: &Lab, word: &str) {
        let source = lab.source().await;
        assert!(source["openclawNote"].as_str().unwrap().contains(word), "{}", source["openclawNote"]);
        assert_eq!(source["agents"][0]["openclaw"], Value::Null);
        assert_eq!(source["status"], "ok", "the source is well all the same");
        assert_eq!(lab.words(), Vec::<String>::new(), "{word}");
    }
    let mut lab = Lab::new("exit 9");
    let port = lab.gateway.as_ref().unwrap().local_addr().unwrap().port();
    // Until 2026.5.28 the first call would pair the command with too few rights for its user.
    lab.dir.write("identity/device.json", "{}");
    refused(&lab, "not paired").await;
    lab.dir.write("identity/device-auth.json", "{}");
    lab.gateway = None;
    refused(&lab, &format!("No gateway answers at 127.0.0.1:{port}; nothing to compare with.")).await;
    lab.dir.write("openclaw.json", "{gateway: {mode: 'remote'}}");
    refused(&lab, "elsewhere").await;
    std::fs::remove_file(lab.dir.path("openclaw.json")).unwrap();
    refused(&lab, "no openclaw.json").await;

    let lab = Lab::new("exit 9");
    let twin = StateDir::new();
    twin.write("openclaw.json", std::fs::read(lab.dir.path("openclaw.json")).unwrap());
    let asked = GatewayUsage { others: vec![twin.root().to_owned()], ..lab.gateway_usage() };
    let world = World::of(lab.dir.root());
    assert!(asked.look(world.clock.as_ref()).await.unwrap_err().contains("Several installations"));
}

#[tokio::test]
async fn a_command_that_fails_is_named_and_what_was_known_stays() {
    for (script, word) in [
        (
            "echo 'Gateway call failed: Error: unauthorized token=very-secret' >&2; echo 'Bind: loopback' >&2; exit 1",
            "unauthorized",
        ),
        ("exit 3", "exit code 3: it said nothing"),
        (
            r#"echo '{"ok": false, "error": {"message": "missing scope: operator.read"}}'; exit 1"#,
            "exit code 1: missing scope",
        ),
        ("echo rubbish", "did not print the JSON"),
        ("exec yes '{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{'", "more than 32 MB"),
    ] {
        let source = Lab::new(script).source().await;
        let note = source["openclawNote"].as_str().unwrap();
        assert!(note.contains(word) && !note.contains("very-secret"), "{note}");
    }
    let mut lab = Lab::answering(&answer(&[("s1", 1100, 220, 30)], 0.02, 0));
    let mut world = World::of(lab.dir.root());
    world.read();
    let first = lab.look(&world).await;
    take(&mut world, first);
    lab.gateway = None;
    let second = lab.look(&world).await;
    take(&mut world, second);
    let source = world.get("/api/sources").await["sources"][0].clone();
    assert!(source["openclawNote"].as_str().unwrap().starts_with("No gateway answers"));
    assert_eq!(source["agents"][0]["openclaw"]["reasons"][0]["reason"], "equal");
}

#[tokio::test(start_paused = true)]
async fn a_command_that_hangs_is_stopped_after_fifteen_seconds() {
    let lab = Lab::new("exec sleep 600");
    let world = World::of(lab.dir.root());
    assert!(lab.look(&world).await.unwrap_err().contains("did not answer within 15 s"));
}

#[tokio::test]
async fn a_ledger_that_keeps_nothing_is_told() {
    let dir = one_session(&[header("s1")]);
    let mut world = World::of(dir.root());
    let answer = world.read().get("/api/sources").await;
    assert_eq!(answer["ledger"], json!({"status": "ok", "detail": ""}));
    assert_eq!(world.get("/api/health").await["status"], "healthy");
    for (status, word) in [(LedgerStatus::Memory, "memory"), (LedgerStatus::Failing, "failing")] {
        let health = LedgerHealth { status, detail: "The disk is full.".to_owned() };
        let ledger = SqliteLedger::in_memory(std::collections::BTreeSet::new()).unwrap();
        world.pipeline = Pipeline::new(book(), Box::new(ledger), health, NOW).unwrap();
        let answer = world.get("/api/sources").await;
        assert_eq!(answer["ledger"], json!({"status": word, "detail": "The disk is full."}));
        let health = world.get("/api/health").await;
        assert_eq!(health["status"], "degraded");
        assert_eq!(health["reasons"], json!(["usage ledger: The disk is full."]));
    }
}

#[test]
fn doctor_compares_each_agent_or_says_why_not() {
    let mut answer = answer(&[("s1", 1100, 220, 30), ("s2", 7, 1, 0)], 0.02, 0);
    // Made now, by the clock of the program.
    answer.as_object_mut().unwrap().remove("updatedAt");
    let mut lab = Lab::answering(&answer);
    let doctor = |lab: &Lab| {
        let mut command = program(&TempDir::new().unwrap());
        command
            .args(["doctor", "--json", "--port", "0", "--state-dir"])
            .arg(format!("lab={}", lab.dir.root().display()));
        // Nobody is there to be followed: the lab's gateway lets one in and says nothing.
        command.args(["--gateway", "ws://127.0.0.1:1"]);
        let output = command.arg("--openclaw").arg(lab.program()).output().unwrap();
        let checks: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
        let is_it = |check: &Value| check["check"].as_str().unwrap().starts_with("OpenClaw's own usage");
        checks.into_iter().filter(is_it).collect::<Vec<_>>()
    };
    let compared = doctor(&lab);
    assert_eq!(compared.len(), 1, "{compared:?}");
    assert_eq!(
        (&compared[0]["check"], &compared[0]["verdict"]),
        (&json!("OpenClaw's own usage of lab main"), &json!("note"))
    );
    let found = compared[0]["found"].as_str().unwrap();
    assert!(found.starts_with("1350 tokens read, 1358 counted by OpenClaw (difference -8)"), "{found}");
    assert!(found.ends_with("OpenClaw counts 1 session with 8 tokens that are not read here."), "{found}");
    let port = lab.gateway.take().unwrap().local_addr().unwrap().port();
    let none = doctor(&lab);
    assert_eq!((none.len(), &none[0]["verdict"]), (1, &json!("note")));
    assert_eq!(none[0]["found"], format!("No gateway answers at 127.0.0.1:{port}; nothing to compare with."));
}
