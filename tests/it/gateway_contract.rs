//! Every request that we can send, held against the schema that OpenClaw publishes
//! (`cargo xtask gateway-schema` cuts it to what is needed).

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use factory_dashboard::domain::SessionKey;
use factory_dashboard::gateway::device::Device;
use factory_dashboard::gateway::frames::{self, Challenge};
use factory_dashboard::gateway::methods::{self, Purpose};
use serde_json::{Value, json};

fn file(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// The published schema.
struct Contract(Value);

impl Contract {
    fn read() -> Self {
        Self(serde_json::from_str(&file("fixtures/openclaw/gateway-protocol.json")).unwrap())
    }

    /// What is wrong with a value, by the schema's definition of that name.
    fn faults(&self, definition: &str, value: &Value) -> Vec<String> {
        let schema = json!({
            "$schema": self.0["$schema"],
            "$ref": format!("#/definitions/{definition}"),
            "definitions": self.0["definitions"],
        });
        assert!(self.0["definitions"].get(definition).is_some(), "{definition} is not in the schema");
        let validator = jsonschema::validator_for(&schema).unwrap();
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
    }

    /// What is wrong with a request as it goes over the wire.
    fn faults_of(&self, method: &str, params: &Value) -> Vec<String> {
        let frame: Value = serde_json::from_str(&frames::request("1", method, params)).unwrap();
        let mut faults = self.faults("RequestFrame", &frame);
        assert_eq!(frame["method"], method);
        let known = &self.0["methods"][method];
        assert!(known.is_object(), "{method} is not in the schema");
        match known["params"].as_str() {
            Some(definition) => faults.extend(self.faults(definition, &frame["params"])),
            // The schema has no shape for these. The real gateways took these in the recordings.
            None => {
                let taken: &[&str] = if method == "sessions.get" { &["key", "limit"] } else { &[] };
                let given = frame["params"].as_object().unwrap().keys().map(String::as_str);
                faults.extend(given.filter(|name| !taken.contains(name)).map(|name| format!("{name} is not known")));
            }
        }
        faults
    }
}

/// A way to build the parameters of a method: the function's name, the method's, what it is asked for, the result.
type Built = (&'static str, &'static str, Purpose, Vec<Value>);

/// Everything that `methods.rs` can build.
fn all() -> Vec<Built> {
    let keys = ["agent:main:main", "agent:ops:subagent:1cbbed00-185f-473b-995a-3abe95ee29de", "global"];
    let each = |build: &dyn Fn(&SessionKey) -> Value| keys.map(|key| build(&SessionKey::from(key))).to_vec();
    let folder = tempfile::TempDir::new().unwrap();
    let device = Device::load_or_make(&folder.path().join("device.pk8")).unwrap();
    let challenge = Challenge { nonce: "n-1".to_owned(), ts: 1_795_358_578_635 };
    let mut greetings = Vec::new();
    for purpose in [Purpose::Watch, Purpose::Control] {
        let proof = device.prove(&challenge, purpose, "token");
        for auth in [None, Some(json!({"token": "token"})), Some(json!({"password": "password"}))] {
            greetings.push(methods::connect(purpose, auth.clone(), None));
            greetings.push(methods::connect(purpose, auth, Some(&proof)));
        }
    }
    let lists = vec![methods::sessions_list(500, 0), methods::sessions_list(500, 500)];
    vec![
        ("connect", "connect", Purpose::Control, greetings),
        ("sessions_list", "sessions.list", Purpose::Watch, lists),
        ("sessions_subscribe", "sessions.subscribe", Purpose::Watch, vec![methods::sessions_subscribe()]),
        (
            "tasks_list",
            "tasks.list",
            Purpose::Watch,
            vec![methods::tasks_list(500, None), methods::tasks_list(500, Some("500"))],
        ),
        (
            "logs_tail",
            "logs.tail",
            Purpose::Watch,
            vec![methods::logs_tail(None, 2000), methods::logs_tail(Some(7), 2000)],
        ),
        ("sessions_describe", "sessions.describe", Purpose::Control, each(&methods::sessions_describe)),
        ("sessions_find", "sessions.list", Purpose::Control, each(&methods::sessions_find)),
        ("sessions_get", "sessions.get", Purpose::Watch, each(&|key| methods::sessions_get(key, 5_000))),
        ("sessions_abort", "sessions.abort", Purpose::Control, each(&methods::sessions_abort)),
        ("chat_abort", "chat.abort", Purpose::Control, each(&methods::chat_abort)),
        ("chat_send", "chat.send", Purpose::Control, each(&|key| methods::chat_send(key, "go on", "id-1"))),
        ("sessions_reset", "sessions.reset", Purpose::Control, each(&methods::sessions_reset)),
        ("sessions_compact", "sessions.compact", Purpose::Control, each(&methods::sessions_compact)),
        ("sessions_delete", "sessions.delete", Purpose::Control, each(&methods::sessions_delete)),
        ("tasks_cancel", "tasks.cancel", Purpose::Control, vec![methods::tasks_cancel("b8dcb9e9")]),
    ]
}

#[test]
fn every_request_is_one_that_openclaw_takes() {
    let contract = Contract::read();
    for (_, method, _, built) in all() {
        assert!(!built.is_empty());
        for params in built {
            assert_eq!(contract.faults_of(method, &params), Vec::<String>::new(), "{method} {params}");
        }
    }
}

/// A function that nobody added to the list above would go unchecked.
#[test]
fn no_request_is_forgotten() {
    let source = file("src/gateway/methods.rs");
    let code = source.split("#[cfg(test)]").next().unwrap();
    let built: BTreeSet<&str> = code
        .split("\npub fn ")
        .skip(1)
        .filter(|text| text.split('{').next().unwrap().contains("-> Value"))
        .map(|text| text.split('(').next().unwrap())
        .collect();
    assert_eq!(built, all().iter().map(|(name, ..)| *name).collect());
    let known: BTreeMap<String, Value> = serde_json::from_value(Contract::read().0["methods"].clone()).unwrap();
    for (_, method, ..) in all() {
        assert!(known.contains_key(method), "{method}");
    }
}

#[test]
fn each_purpose_asks_for_the_scopes_of_its_methods() {
    let contract = Contract::read();
    let asked = |purpose: Purpose| purpose.scopes().iter().copied().collect::<BTreeSet<_>>();
    let mut needed: BTreeMap<bool, BTreeSet<String>> = BTreeMap::new();
    for (_, method, purpose, _) in all().into_iter().filter(|(name, ..)| *name != "connect") {
        let scope = contract.0["methods"][method]["scope"].as_str().unwrap();
        // Whom a deletion needs depends on the session; at most, it is an owner.
        let scope = if scope == "dynamic" { "operator.admin" } else { scope };
        assert!(asked(purpose).contains(scope), "{method} needs {scope}");
        needed.entry(purpose == Purpose::Watch).or_default().insert(scope.to_owned());
    }
    // Looking needs the right to look, and asks for no other.
    assert_eq!(needed[&true], BTreeSet::from(["operator.read".to_owned()]));
    assert_eq!(asked(Purpose::Watch), BTreeSet::from(["operator.read"]));
    for scope in asked(Purpose::Control) {
        assert!(needed.values().any(|scopes| scopes.contains(scope)), "nothing needs {scope}");
    }
}

#[test]
fn the_check_can_fail() {
    let contract = Contract::read();
    let key = SessionKey::from("agent:main:main");
    let mut wrong = methods::sessions_delete(&key);
    wrong["force"] = true.into();
    assert_eq!(contract.faults_of("sessions.delete", &wrong).len(), 1);
    let mut wrong = methods::connect(Purpose::Watch, None, None);
    wrong["client"]["id"] = "factory-dashboard".into();
    assert_eq!(contract.faults_of("connect", &wrong).len(), 1);
    assert!(!contract.faults_of("chat.send", &json!({"sessionKey": "k"})).is_empty());
    assert!(!contract.faults_of("sessions.get", &json!({"key": "k", "offset": 1})).is_empty());
    assert!(!contract.faults("RequestFrame", &json!({"type": "req", "id": 1, "method": "x"})).is_empty());
}
