//! The source `command` against commands that behave and commands that do not.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::Duration;

use factory_dashboard::domain::InstallationId;
use factory_dashboard::source::command::CommandSource;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{NOW, World};

struct Fake {
    folder: TempDir,
}

impl Fake {
    fn new(script: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("openclaw");
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        Self { folder }
    }

    fn source(&self) -> CommandSource {
        CommandSource {
            installation: InstallationId::from("test"),
            program: self.folder.path().join("openclaw"),
            active_minutes: 60,
            every: Duration::from_secs(10),
            state_dir: None,
        }
    }

    /// The world after one look.
    async fn world(&self) -> World {
        let mut world = World::of(self.folder.path());
        world.pipeline.take_in(&mut self.source().look(NOW).await, NOW).unwrap();
        world
    }
}

/// The three sessions of the contract's example, as the command prints them.
fn printed() -> Value {
    json!({"path": null, "count": 3, "activeMinutes": 60, "sessions": [
        {"key": "agent:main:subagent:abc123", "updatedAt": NOW - 5_000, "ageMs": 5_000, "sessionId": "a", "inputTokens": 1000,
         "outputTokens": 2000, "totalTokens": 50_000, "contextTokens": 120_000, "model": "claude-opus-4-5", "agentId": "main", "kind": "direct"},
        {"key": "agent:main:main", "ageMs": 60_000, "sessionId": "b", "inputTokens": 3000, "outputTokens": 5000, "totalTokens": 40_000,
         "contextTokens": 120_000, "model": "claude-opus-4-5", "agentId": "main"},
        {"key": "agent:main:subagent:def456", "ageMs": 600_000, "sessionId": "c", "inputTokens": 1000, "outputTokens": 3000,
         "totalTokens": 30_000, "contextTokens": 120_000, "model": "claude-opus-4-5", "agentId": "main"}]})
}

fn echo(value: &Value) -> String {
    format!("cat <<'JSON'\n{value}\nJSON")
}

#[tokio::test]
async fn the_example_of_the_contract_comes_out() {
    let mut world = Fake::new(&echo(&printed())).world().await;
    let answer = world.get("/api/sessions?basis=reference").await;
    assert_eq!(answer["sessions"][0]["cost"], json!(0.165));
    assert_eq!(answer["tokenStats"]["totalCost"], json!(0.825));
    let answer = world.get("/api/sessions").await;
    assert_eq!(answer["sessions"][0]["cost"], json!(0.055));
    assert_eq!(answer["tokenStats"]["totalCost"], json!(0.275));
    assert_eq!(
        answer["stats"],
        json!({"active": 2, "idle": 1, "stale": 0, "main": 1, "subagent": 2, "cron": 0, "running": 0, "stuck": 0, "failed": 0})
    );
    assert_eq!(
        (
            &answer["tokenStats"]["totalInput"],
            &answer["tokenStats"]["totalOutput"],
            &answer["tokenStats"]["totalContext"]
        ),
        (&json!(5000), &json!(10_000), &json!(120_000))
    );
    let queue = answer["taskQueue"].as_array().unwrap();
    assert_eq!(queue.len(), 2, "the subagent sessions in use are all that is known of the work");
    assert_eq!(
        (&queue[0]["taskName"], &queue[0]["tokens"], &queue[0]["status"], &queue[0]["ageFormatted"]),
        (&json!("subagent...abc123"), &json!(50_000), &json!("active"), &json!("5s ago"))
    );
    assert_eq!(queue[1]["status"], json!("idle"));
}

#[tokio::test]
async fn an_older_version_is_asked_without_all_agents() {
    let script = format!(
        "case \"$*\" in *--all-agents*) echo \"error: unknown option '--all-agents'\" >&2; exit 1;; esac\n{}",
        echo(&printed())
    );
    assert_eq!(Fake::new(&script).world().await.get("/api/sessions").await["total"], 3);
}

#[tokio::test]
async fn the_command_gets_the_words_of_the_contract() {
    let fake = Fake::new(&format!("echo \"$*\" > \"$(dirname \"$0\")/words\"\n{}", echo(&printed())));
    fake.world().await;
    let words = std::fs::read_to_string(fake.folder.path().join("words")).unwrap();
    assert_eq!(words.trim(), "sessions --json --active 60 --all-agents");
}

#[tokio::test]
async fn warnings_around_the_json_do_no_harm() {
    let script = format!("echo 'note: [config] migrated {{x}}' ; echo warning >&2\n{}\necho bye", echo(&printed()));
    assert_eq!(Fake::new(&script).world().await.get("/api/sessions").await["total"], 3);
}

#[tokio::test]
async fn recorded_output_of_real_versions_is_read() {
    for (version, total) in [("2026.9.6", 10), ("2026.5.28", 8), ("2026.3.13", 8)] {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("fixtures/openclaw")
            .join(version)
            .join("cli/sessions-all-agents.json");
        let fake = Fake::new(&format!("cat '{}'", folder.display()));
        let answer = fake.world().await.get("/api/sessions").await;
        assert!(
            answer["total"].as_u64().is_some_and(|count| count > 0 && count <= total),
            "{version}: {}",
            answer["total"]
        );
        assert!(
            answer["sessions"]
                .as_array()
                .unwrap()
                .iter()
                .all(|row| row["key"].as_str().is_some_and(|key| key.starts_with("agent:")))
        );
    }
}

async fn fails(script: &str, word: &str) {
    let mut world = Fake::new(script).world().await;
    let sources = world.get("/api/sources").await;
    assert_eq!(sources["sources"][0]["status"], "down", "{script}");
    assert!(
        sources["sources"][0]["detail"].as_str().unwrap().contains(word),
        "{script}: {}",
        sources["sources"][0]["detail"]
    );
    assert_eq!(world.get("/api/health").await["status"], "degraded");
}

#[tokio::test]
async fn a_command_that_fails_is_named() {
    fails("echo 'Error: no config' >&2; exit 1", "no config").await;
    fails("exit 3", "exit code 3").await;
    fails("echo rubbish", "did not print the JSON").await;
    fails("true", "did not print the JSON").await;
    fails("echo '{\"sessions\": [{\"key\":'", "did not print the JSON").await;
    fails("kill -9 $$", "a signal").await;
}

#[tokio::test]
async fn a_command_that_prints_without_end_is_stopped() {
    fails(
        "exec yes '{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{'",
        "more than 32 MB",
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_command_that_hangs_is_stopped_after_ten_seconds() {
    let fake = Fake::new("exec sleep 600");
    let events = fake.source().look(NOW).await;
    assert!(format!("{events:?}").contains("did not answer within 10 s"));
}

#[tokio::test]
async fn a_missing_command_is_named() {
    let mut source = Fake::new("true").source();
    source.program = PathBuf::from("/nonexistent/openclaw");
    assert!(format!("{:?}", source.look(NOW).await).contains("Install OpenClaw"));
}

#[tokio::test]
async fn rows_without_a_key_and_twins_are_counted() {
    let rows = json!({"sessions": [{"sessionId": "x"}, {"key": "agent:main:main", "ageMs": 1}, {"key": "agent:main:main", "ageMs": 2}, {"key": "global", "ageMs": -5}]});
    let mut world = Fake::new(&echo(&rows)).world().await;
    assert_eq!(world.get("/api/sessions").await["total"], 2);
    assert_eq!(world.skipped().await.iter().map(|(.., count)| count).sum::<u64>(), 2);
}
