//! A secret in any text of a session is in no answer, and nobody can search for it.

use std::sync::LazyLock;

use factory_dashboard::conversation::library::Library;
use factory_dashboard::domain::InstallationId;
use factory_dashboard::http::guard::Guard;
use factory_dashboard::hub::Hub;
use factory_dashboard::source::packed::ends::Ends;
use serde_json::{Value, json};

use crate::support::opened::{House, MAIN, answer, answers, asks, encoded, list, message, path, with_text};
use crate::support::{NOW, StateDir, World, header, one_session, server};

/// Its form says what it is.
const TOKEN: &str = "ghp_aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY1zA2";
/// Ordinary words: only `openclaw.json` says that it is a secret.
const OWN: &str = "correct-horse-battery-staple";
/// Ordinary words as well, in `auth-profiles.json` and `.env`.
const OTHERS: [&str; 2] = ["my-provider-access-words", "words-of-the-environment"];
/// Only the name beside it says that it is a secret.
const NAMED: &str = "walnut-and-hazel";

/// All of them, with text around.
static PLANTED: LazyLock<String> =
    LazyLock::new(|| format!("before {TOKEN} between {OWN} and {} then {} after", OTHERS[0], OTHERS[1]));

/// Complains where a secret, or a telling part of one, is left.
fn is_clean(what: &str, text: &str) {
    for secret in [TOKEN, OWN, OTHERS[0], OTHERS[1], NAMED] {
        for part in [secret, &secret[5..secret.len() - 2]] {
            assert!(!text.contains(part), "{what} tells {part}:\n{text}");
        }
    }
}

fn key_file() -> String {
    let line = "MIIEpAIBAAKCAQEAvK0rNkzT8wQfJ2mXyYc5uB7hLqPdSgEoR1tVnZaWiMxC3jDl";
    let lines = [line; 50].join("\n");
    format!("-----BEGIN RSA PRIVATE KEY-----\n{lines}\n-----END RSA PRIVATE KEY-----")
}

fn configured(dir: &StateDir) {
    dir.write("openclaw.json", format!("{{gateway: {{auth: {{token: '{OWN}'}}}}}}"));
    let profile =
        json!({"profiles": {"anthropic:default": {"type": "api_key", "provider": "anthropic", "key": OTHERS[0]}}});
    dir.write("agents/main/agent/auth-profiles.json", profile.to_string());
    dir.write(".env", format!("# ours\nSOME_API_KEY={}\n", OTHERS[1]));
}

/// A session with every secret in every text that there is.
fn planted() -> StateDir {
    let planted = PLANTED.as_str();
    let calls = json!([
        {"type": "thinking", "thinking": planted},
        {"type": "text", "text": planted},
        {"type": "toolCall", "id": "t", "name": planted, "arguments": {planted: planted, "list": [planted, {"deep": planted}]}},
        {"type": "toolCall", "id": "p", "name": "login", "arguments": {"password": NAMED}},
        {"type": planted, "name": planted, "data": "QUJD"},
    ]);
    let result = |call: &str| json!({"toolCallId": call, "toolName": planted, "isError": true});
    let mut failed = answer("error");
    failed["errorMessage"] = json!(planted);
    let dir = one_session(&[
        header("s1"),
        asks("a", 0, planted),
        message("b", 1, "assistant", calls, answer("toolUse")),
        message("c", 2, "toolResult", json!([{"type": "text", "text": planted}]), result("t")),
        message("d", 3, "toolResult", json!([{"type": "text", "text": planted}]), result("p")),
        format!("{}\n", json!({"type": "compaction", "id": "e", "summary": planted})),
        format!(
            "{}\n",
            json!({"type": "custom", "customType": "openclaw:prompt-error", "id": "f", "data": {"error": planted}})
        ),
        format!("{}\n", json!({"type": "custom_message", "display": true, "id": "g", "content": planted})),
        format!("{}\n", json!({"type": "model_change", "id": "h", "provider": planted, "modelId": planted})),
        asks("i", 9, &key_file()),
        message("j", 10, "assistant", json!([]), failed),
    ]);
    let row =
        json!({"sessionId": "s1", "updatedAt": NOW, "label": planted, "status": "failed", "lastRunError": planted});
    dir.index(&[("main", row), ("subagent:x", json!({"sessionId": "s2", "updatedAt": NOW - 60_000}))]);
    let run = json!({"runId": "r", "childSessionKey": "agent:main:subagent:x", "requesterSessionKey": MAIN,
        "task": planted, "label": planted, "createdAt": NOW - 2_000, "startedAt": NOW - 1_000});
    dir.write("subagents/runs.json", json!({"version": 2, "runs": {"r": run}}).to_string());
    let job = json!({"id": "j", "agentId": "main", "name": planted, "enabled": true,
        "schedule": {"kind": "every", "everyMs": 60_000}, "state": {"lastError": planted, "lastStatus": "error"}});
    dir.write("cron/jobs.json", json!({"version": 1, "jobs": [job]}).to_string());
    configured(&dir);
    dir
}

#[tokio::test]
async fn no_answer_below_a_session_tells_a_secret() {
    let dir = planted();
    let mut house = House::of(dir.root());
    let server = house.server();
    for rest in ["", "/runs", "/messages", "/export", "/export?format=json"] {
        let (status, text) = server.raw(&path(MAIN, rest)).await;
        assert_eq!(status, 200, "{rest}: {text}");
        is_clean(rest, &text);
        assert!(text.contains("[masked:") && text.contains("before"), "{rest}: {text}");
        assert!(!text.contains("MIIEpAIBAAKC"), "{rest}: {text}");
    }
    let page = server.get(&path(MAIN, "/messages")).await;
    assert!(page["masked"].as_u64().unwrap() > 40, "{}", page["masked"]);
    for one in list(&page["messages"]) {
        let id = one["id"].as_str().unwrap();
        let (_, text) = server.raw(&path(MAIN, &format!("/messages/{id}"))).await;
        is_clean(id, &text);
        assert!(!text.contains("MIIEpAIBAAKC"), "{text}");
        for part in 0..5 {
            let (_, text) = server.raw(&path(MAIN, &format!("/messages/{id}?part={part}"))).await;
            is_clean(id, &text);
            assert!(!text.contains("MIIEpAIBAAKC"), "{text}");
        }
    }
}

#[tokio::test]
async fn nobody_finds_a_secret_by_searching_for_it() {
    let dir = planted();
    let mut house = House::of(dir.root());
    for secret in [TOKEN, OWN, OTHERS[0], OTHERS[1], NAMED, "MIIEpAIBAAKC"] {
        for part in [secret, &secret[5..], &secret[..secret.len() - 3]] {
            let page = house.page(MAIN, &format!("q={}", encoded(part))).await;
            assert_eq!(list(&page["messages"]), [Value::Null; 0], "{part}");
        }
    }
    let page = house.page(MAIN, "q=before").await;
    assert!(list(&page["messages"]).len() > 5, "the text around it is found");
}

#[tokio::test]
async fn no_list_and_no_push_tells_a_secret() {
    let dir = planted();
    let mut house = House::of(dir.root());
    let server = house.server();
    for path in ["/api/sessions", "/api/tasks", "/api/sources", "/api/usage?by=session&from=all", "/api/health"] {
        let (status, text) = server.raw(path).await;
        assert_eq!(status, 200, "{path}: {text}");
        is_clean(path, &text);
    }
    let sessions = server.get("/api/sessions").await;
    let row = list(&sessions["sessions"]).into_iter().find(|row| row["key"] == MAIN).unwrap();
    for name in ["label", "lastError"] {
        let text = row[name].as_str().unwrap_or_else(|| panic!("{name}: {row:#}"));
        assert!(text.starts_with("before [masked:") && text.ends_with("after"), "{name}: {text}");
    }
    assert!(sessions["taskQueue"][0]["title"].as_str().unwrap().contains("[masked:"), "{sessions:#}");
    let mut reader = server.feeds.join(None).await.unwrap();
    let hello = reader.next().await.unwrap();
    is_clean("the push", std::str::from_utf8(hello.json()).unwrap());
    // Whoever looks for a part of it in the list finds nothing either.
    assert_eq!(server.get(&format!("/api/sessions?q={OWN}")).await["total"], 0);
}

/// A label is cut after a thousand characters, a title after two hundred, an error after five hundred.
#[tokio::test]
async fn no_half_of_a_secret_stands_before_an_ellipsis() {
    let cut = |longest: usize| format!("{}{TOKEN} and on", "word ".repeat(longest / 5 - 4));
    let dir = one_session(&[header("s1")]);
    let row =
        json!({"sessionId": "s1", "updatedAt": NOW, "label": cut(1_000), "status": "failed", "lastRunError": cut(500)});
    dir.index(&[("main", row), ("subagent:x", json!({"sessionId": "s2", "updatedAt": NOW}))]);
    let run =
        json!({"runId": "r", "childSessionKey": "agent:main:subagent:x", "task": cut(200), "createdAt": NOW - 1_000});
    dir.write("subagents/runs.json", json!({"version": 2, "runs": {"r": run}}).to_string());
    let answer = House::of(dir.root()).get("/api/sessions").await;
    assert!(!answer.to_string().contains("ghp_"), "{answer:#}");
    assert!(answer["taskQueue"][0]["title"].as_str().unwrap().ends_with("word …"), "{answer:#}");
}

/// A source without a state directory knows no secret of OpenClaw's, but the form of one.
#[tokio::test]
async fn rows_are_masked_by_their_form_whatever_the_source() {
    let dir = one_session(&[header("s1")]);
    dir.index(&[("main", json!({"sessionId": "s1", "updatedAt": NOW, "label": format!("deploy with {TOKEN}")}))]);
    let mut world = World::of(dir.root());
    let hub = Hub::new(world.read().pipeline.board(NOW));
    let server = server(hub, world.clock.clone(), Guard::default());
    assert_eq!(server.get("/api/sessions").await["sessions"][0]["label"], "deploy with [masked:github]");
}

#[tokio::test]
async fn other_secrets_in_openclaw_json_are_masked_from_then_on() {
    let dir = with_text([asks("a", 0, &format!("{OWN} {}", OTHERS[0])), answers("b", 1, "yes")].concat());
    let mut house = House::of(dir.root());
    let text = async |house: &mut House| {
        let page = house.page(MAIN, "").await;
        page["messages"][0]["parts"][0]["text"].as_str().unwrap().to_owned()
    };
    assert_eq!(text(&mut house).await, format!("{OWN} {}", OTHERS[0]));
    configured(&dir);
    assert_eq!(text(&mut house).await, "[masked:own-secret] [masked:own-secret]");
    dir.write("openclaw.json", "{}");
    assert_eq!(text(&mut house).await, format!("{OWN} [masked:own-secret]"));
    std::fs::remove_file(dir.path("agents/main/agent/auth-profiles.json")).unwrap();
    assert_eq!(text(&mut house).await, format!("{OWN} {}", OTHERS[0]));
    // A file that cannot be understood holds nothing that is known.
    dir.write("openclaw.json", "{gateway: ");
    assert_eq!(text(&mut house).await, format!("{OWN} {}", OTHERS[0]));
}

/// A secret that stands across the place where a text is cut is not half shown.
#[tokio::test]
async fn a_secret_at_the_edge_of_what_is_shown_is_masked() {
    // So many masked keys before it that what stood behind the edge moves before it.
    let keys = format!("{TOKEN} ").repeat(200);
    for (role, longest) in [("user", 100_000), ("toolResult", 16_000)] {
        for (start, before) in [(longest - 20, ""), (longest - 1, ""), (longest + 4_096 - 20, keys.as_str())] {
            {
                let filler = "word ".repeat((start - before.len()) / 5 + 1);
                let filler = &filler[..start - before.len() - 1];
                let text = format!("{before}{filler} {TOKEN}{}", " tail".repeat(2_000));
                let dir = with_text(message("a", 0, role, json!([{"type": "text", "text": text}]), Value::Null));
                let page = House::of(dir.root()).page(MAIN, "").await;
                let shown = page["messages"][0]["parts"][0]["text"].as_str().unwrap().to_owned();
                assert!(!shown.contains("ghp_"), "{role} at {start}: {}", &shown[shown.len() - 60..]);
                assert!(page["messages"][0]["parts"][0]["cut"].as_u64().unwrap() > 0);
            }
        }
    }
}

/// OpenClaw 2026.9.6 keeps credentials in its databases.
#[tokio::test]
async fn secrets_in_the_databases_of_openclaw_are_masked() {
    let planted = ["words-of-a-profile", "words-of-the-store", "words-of-a-device"];
    let dir = with_text(asks("a", 0, &planted.join(" and ")));
    let database = |place: &str, table: &str, column: &str, value: &str| {
        std::fs::create_dir_all(dir.path(place).parent().unwrap()).unwrap();
        let made = rusqlite::Connection::open(dir.path(place)).unwrap();
        made.execute_batch(&format!("create table {table} ({column} text)")).unwrap();
        made.execute(&format!("insert into {table} values (?1)"), [value]).unwrap();
    };
    let profile = json!({"profiles": {"a:default": {"type": "api_key", "key": planted[0]}}}).to_string();
    database("agents/main/agent/openclaw-agent.sqlite", "auth_profile_store", "store_json", &profile);
    database("state/openclaw.sqlite", "secret_store_entries", "value", planted[1]);
    database("state/openclaw.sqlite", "device_auth_tokens", "token", planted[2]);
    let page = House::of(dir.root()).page(MAIN, "").await;
    assert_eq!(
        page["messages"][0]["parts"][0]["text"],
        "[masked:own-secret] and [masked:own-secret] and [masked:own-secret]"
    );
    assert_eq!(page["masked"], 3);
}

/// What is a file in a message can be had, and a text in it has no secrets.
#[tokio::test]
async fn a_file_in_a_message_can_be_had() {
    let data = |bytes: &[u8]| data_encoding::BASE64.encode(bytes);
    let parts = json!([
        {"type": "image", "mimeType": "image/png", "data": data(b"\x89PNG\r\n\x1a\n\xff")},
        {"type": "file", "fileName": "notes.txt", "data": data(format!("the key is {TOKEN}\nand more").as_bytes())},
    ]);
    let dir = with_text(message("a", 0, "user", parts, json!({})));
    let mut house = House::of(dir.root());
    let page = house.page(MAIN, "").await;
    let id = page["messages"][0]["id"].as_str().unwrap().to_owned();
    let server = house.server();
    let (status, text) = server.raw(&path(MAIN, &format!("/messages/{id}?part=1"))).await;
    assert_eq!((status.as_u16(), text.as_str()), (200, "the key is [masked:github]\nand more"));
    let (status, _) = server.get_any(&path(MAIN, &format!("/messages/{id}?part=0"))).await;
    assert_eq!(status.as_u16(), 200);
}

/// Agents of one installation may have seen those of another, and both may write one log.
#[test]
fn secrets_of_every_installation_are_masked_everywhere() {
    let (one, other) = (StateDir::new(), StateDir::new());
    one.write("openclaw.json", "{gateway: {auth: {token: 'words-of-the-first-one'}}}");
    other.write("openclaw.json", "{gateway: {auth: {token: 'words-of-the-second-one'}}}");
    let roots = [("a", &one), ("b", &other)].map(|(id, dir)| (InstallationId::from(id), dir.root().to_owned()));
    let library = Library::new(roots, true, Ends::default());
    let masks = library.masks();
    let masked = library.redactor().mask("x words-of-the-first-one y words-of-the-second-one z").text.into_owned();
    assert!(!masked.contains("words-of"), "{masked}");
    other.write("openclaw.json", "{gateway: {auth: {token: 'quite-another-secret'}}}");
    assert!(!library.redactor().mask("quite-another-secret").text.contains("another"));
    assert_ne!(library.masks(), masks);
}
