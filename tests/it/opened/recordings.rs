//! Every session of the three recordings: pages in both directions, and the sums, against the files themselves.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::opened::{
    Brief, House, MAIN, begun_anew, briefs, encoded, expected, list, listed, path, recorded, records, still, unpacked,
};
use crate::support::{NOW, StateDir, fixture};

const VERSIONS: [&str; 3] = ["2026.3.13", "2026.5.28", "2026.9.6"];
/// The transcripts of a listed session, oldest first.
fn transcripts(root: &Path, agent: &str, key: &str, current: &str) -> Vec<String> {
    let database = root.join("agents").join(agent).join("agent/openclaw-agent.sqlite");
    if database.is_file() {
        let connection = still(&database);
        let sql = "select session_id from session_windows where session_key = ?1 order by created_at";
        let mut statement = connection.prepare(sql).unwrap();
        return statement.query_map([key], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    }
    vec![current.to_owned()]
}

/// What is to be shown of a session, from its files or rows.
fn conversation(root: &Path, agent: &str, ids: &[String]) -> Vec<Brief> {
    let parts = ids.iter().map(|id| expected(&recorded(root, agent, id)));
    let all: Vec<Vec<Brief>> = parts.collect();
    all.join(&begun_anew())
}

#[tokio::test]
async fn pages_of_any_size_are_the_records_in_order() {
    for version in VERSIONS {
        let root = fixture(version);
        let server = House::of(&root).server();
        for (agent, key, id) in listed(&root) {
            let said = conversation(&root, &agent, &transcripts(&root, &agent, &key, &id));
            for limit in [1, 7, 50, 200] {
                let walked = briefs(&server.walk_back(&key, limit).await);
                assert_eq!(walked, said, "{version} {key} by {limit}");
            }
        }
    }
}

#[tokio::test]
async fn what_comes_after_any_place_is_the_rest() {
    for version in VERSIONS {
        let root = fixture(version);
        let server = House::of(&root).server();
        for (_, key, _) in listed(&root) {
            let all = server.walk_back(&key, 200).await;
            for (at, message) in all.iter().enumerate().filter(|(_, message)| message["entryId"].is_string()) {
                let (rest, _) = server.walk_forth(&key, message["id"].as_str().unwrap(), 7).await;
                assert_eq!(briefs(&rest), briefs(&all[at..]), "{version} {key} from {at}");
            }
        }
    }
}

#[tokio::test]
async fn each_message_is_found_by_its_id() {
    for version in VERSIONS {
        let root = fixture(version);
        let server = House::of(&root).server();
        for (_, key, _) in listed(&root) {
            for message in server.walk_back(&key, 50).await.iter().filter(|one| one["entryId"].is_string()) {
                let alone = server.get(&path(&key, &format!("/messages/{}", message["id"].as_str().unwrap()))).await;
                assert_eq!((&alone["entryId"], &alone["parts"]), (&message["entryId"], &message["parts"]), "{key}");
            }
        }
    }
}

/// A session of 5.28 whose transcript was reset, as it was before and after.
#[tokio::test]
async fn a_session_that_was_reset_is_one_conversation() {
    let root = fixture("2026.5.28");
    let ids = ["1c9e4db6-8537-4b94-b59f-8e46daefde41", "8b3f2d77-d8ac-4f23-a1b7-2e71f1374783"];
    let sessions = root.join("agents/ops/sessions");
    let reset = format!("{}.jsonl.reset.2026-11-22T14-39-43.916Z", ids[0]);
    let dir = StateDir::new();
    let index = |id: &str| dir.index(&[("main", json!({"sessionId": id, "updatedAt": NOW}))]);
    index(ids[0]).transcript(&format!("{}.jsonl", ids[0]), &[fs::read_to_string(sessions.join(&reset)).unwrap()]);
    let mut house = House::of(dir.root());
    let file = |name: &str| dir.path(&format!("agents/main/sessions/{name}"));
    fs::rename(file(&format!("{}.jsonl", ids[0])), file(&reset)).unwrap();
    fs::copy(sessions.join(format!("{}.jsonl", ids[1])), file(&format!("{}.jsonl", ids[1]))).unwrap();
    index(ids[1]);
    let detail = house.read().detail(MAIN).await;
    let state =
        |one: &Value| (one["sessionId"].as_str().unwrap().to_owned(), one["state"].as_str().unwrap().to_owned());
    let states: Vec<(String, String)> = list(&detail["transcripts"]).iter().map(state).collect();
    assert_eq!(states, [(ids[0].into(), "reset".into()), (ids[1].into(), "live".into())]);
    let said = conversation(dir.root(), "main", &ids.map(str::to_owned));
    for limit in [1, 7, 50, 200] {
        assert_eq!(briefs(&house.server().walk_back(MAIN, limit).await), said, "by {limit}");
    }
    assert!(said.contains(&begun_anew()));
}

/// The packed transcripts of 9.6, of sessions that were deleted while somebody looked on.
#[tokio::test]
async fn packed_transcripts_of_deleted_sessions_are_read() {
    for name in [
        "2009336b-da20-4d69-ba90-02d5861f1108.jsonl.deleted.2026-11-22T14-46-28.919Z.46cb12db94254f87aac34b1bd1256aee.zst",
        "3cf22592-e94c-430c-87af-003e791c06ca.jsonl.deleted.2026-11-22T14-35-33.277Z.21ff628161994b75aee9341134e2c216.zst",
    ] {
        let packed = fs::read(fixture("2026.9.6").join("agents/ops/sessions").join(name)).unwrap();
        let text = String::from_utf8(unpacked(&packed)).unwrap();
        let (id, _) = name.split_once('.').unwrap();
        let dir = StateDir::new();
        dir.index(&[("main", json!({"sessionId": id, "updatedAt": NOW}))]);
        dir.transcript(&format!("{id}.jsonl"), std::slice::from_ref(&text));
        let mut house = House::of(dir.root());
        let live = house.detail(MAIN).await;
        fs::remove_file(dir.path(&format!("agents/main/sessions/{id}.jsonl"))).unwrap();
        dir.write(&format!("agents/main/sessions/{name}"), packed).index(&[]);
        let gone = house.read().detail(MAIN).await;
        assert_eq!((&gone["gone"], &gone["usage"]), (&json!(true), &live["usage"]), "{name}");
        assert_eq!(gone["transcripts"], json!([{"sessionId": id, "state": "deleted", "bytes": null}]), "{name}");
        assert_eq!(gone["runs"].as_array().unwrap().len(), live["runs"].as_array().unwrap().len());
        for limit in [1, 7, 200] {
            let walked = briefs(&house.server().walk_back(MAIN, limit).await);
            assert_eq!(walked, expected(&records(&text)), "{name} by {limit}");
        }
    }
}

/// Calls, failed, aborted, four buckets and nano-dollars.
type Sums = [u64; 8];

fn add(sums: &mut Sums, message: &Value) {
    let usage = &message["usage"];
    let buckets = ["input", "output", "cacheRead", "cacheWrite"].map(|name| usage[name].as_u64().unwrap_or_default());
    sums[0] += 1;
    sums[1] += u64::from(message["stopReason"] == "error");
    sums[2] += u64::from(message["stopReason"] == "aborted" || message["openclawAbort"].is_object());
    for (sum, bucket) in sums[3..7].iter_mut().zip(buckets) {
        *sum += bucket;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cost is small and positive")]
    let nanos = (usage["cost"]["total"].as_f64().unwrap_or_default() * 1e9).round() as u64;
    sums[7] += nanos;
}

fn shown(figures: &Value) -> [u64; 7] {
    let names = ["calls", "errors", "aborted", "inputTokens", "outputTokens", "cacheReadTokens", "cacheWriteTokens"];
    names.map(|name| figures[name].as_u64().unwrap())
}

fn is_close(shown: &Value, nanos: u64) -> bool {
    #[expect(clippy::cast_precision_loss, reason = "a cost is small")]
    let dollars = nanos as f64 / 1e9;
    shown.as_f64().is_some_and(|shown| (shown - dollars).abs() < 1e-6)
}

#[tokio::test]
async fn usage_by_model_and_turns_are_sums_of_the_records() {
    for version in VERSIONS {
        let root = fixture(version);
        let mut house = House::of(&root);
        for (agent, key, id) in listed(&root) {
            let mut total = Sums::default();
            let mut by_model: BTreeMap<String, Sums> = BTreeMap::new();
            let mut prompts = Vec::new();
            for id in transcripts(&root, &agent, &key, &id) {
                for record in recorded(&root, &agent, &id) {
                    let message = &record["message"];
                    // What OpenClaw wrote itself is no call.
                    if message["role"] != "assistant" || message["provider"] == "openclaw" {
                        continue;
                    }
                    add(&mut total, message);
                    let text = |name: &str| message[name].as_str().unwrap();
                    add(by_model.entry(format!("{}/{}", text("provider"), text("model"))).or_default(), message);
                    let part = |name: &str| message["usage"][name].as_u64().unwrap();
                    prompts.push(part("input") + part("cacheRead") + part("cacheWrite"));
                }
            }
            let detail = house.get(&format!("/api/sessions/{}?basis=recorded", encoded(&key))).await;
            assert_eq!(shown(&detail["usage"]), total[..7], "{version} {key}");
            let cost = &detail["usage"]["cost"];
            assert!(cost.is_null() || is_close(cost, total[7]), "{version} {key}: {cost} is not {}", total[7]);
            let mut models = BTreeMap::new();
            for row in list(&detail["usageByModel"]) {
                models.insert(row["model"].as_str().unwrap().to_owned(), shown(&row));
            }
            let summed = by_model.iter().map(|(model, sums)| (model.clone(), sums[..7].try_into().unwrap()));
            assert_eq!(models, summed.collect(), "{version} {key}");
            let mut contexts: Vec<u64> =
                list(&detail["turns"]).iter().map(|turn| turn["contextTokens"].as_u64().unwrap()).collect();
            contexts.sort_unstable();
            prompts.sort_unstable();
            assert_eq!((contexts, &detail["turnsOmitted"]), (prompts, &Value::from(0)), "{version} {key}");
        }
    }
}
