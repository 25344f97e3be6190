//! `cargo xtask gateway-schema FILE`: makes `fixtures/openclaw/gateway-protocol.json` from the schema that
//! OpenClaw publishes.
//!
//! FILE is `protocol.schema.json` of the npm package `@openclaw/gateway-protocol` (MIT); its `package.json` lies
//! beside it and tells the version. Deliberately absent: the network. Somebody fetches the package
//! (`npm pack @openclaw/gateway-protocol`); this keeps what our requests are held against and nothing else.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde_json::{Map, Value, json};

const OUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/openclaw/gateway-protocol.json");
const PACKAGE: &str = "@openclaw/gateway-protocol";

/// The methods that we use, and what their parameters are called in the schema. It has no shape for those without
/// a name.
const METHODS: [(&str, Option<&str>); 14] = [
    ("connect", Some("ConnectParams")),
    ("sessions.list", Some("SessionsListParams")),
    ("sessions.subscribe", None),
    ("sessions.get", None),
    ("sessions.describe", Some("SessionsDescribeParams")),
    ("tasks.list", Some("TasksListParams")),
    ("tasks.cancel", Some("TasksCancelParams")),
    ("logs.tail", Some("LogsTailParams")),
    ("sessions.abort", Some("SessionsAbortParams")),
    ("sessions.reset", Some("SessionsResetParams")),
    ("sessions.delete", Some("SessionsDeleteParams")),
    ("sessions.compact", Some("SessionsCompactParams")),
    ("chat.send", Some("ChatSendParams")),
    ("chat.abort", Some("ChatAbortParams")),
];

/// Runs the chore with what follows `gateway-schema` on the command line.
pub fn run(arguments: &[String]) -> Result<()> {
    let [file] = arguments else { bail!("cargo xtask gateway-schema FILE") };
    let schema = read(Path::new(file))?;
    let package = read(&Path::new(file).with_file_name("package.json"))?;
    if package["name"] != PACKAGE {
        bail!("{file} does not lie in the package {PACKAGE}");
    }
    let kept = subset(&schema, package["version"].as_str().context("package.json names no version")?)?;
    fs::write(OUT, serde_json::to_string_pretty(&kept)? + "\n").with_context(|| format!("cannot write {OUT}"))?;
    println!("{OUT}: {} definitions", kept["definitions"].as_object().map_or(0, Map::len));
    Ok(())
}

fn read(file: &Path) -> Result<Value> {
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is no JSON", file.display()))
}

fn subset(schema: &Value, version: &str) -> Result<Value> {
    let mut definitions = BTreeMap::new();
    keep(schema, "RequestFrame", &mut definitions)?;
    let mut methods = Map::new();
    for (method, params) in METHODS {
        let known = schema["methods"].get(method).with_context(|| format!("the schema has no method {method}"))?;
        let mut entry = json!({"since": known["since"], "scope": known["scope"]});
        if let Some(params) = params {
            keep(schema, params, &mut definitions)?;
            entry["params"] = params.into();
        }
        methods.insert(method.to_owned(), entry);
    }
    Ok(json!({
        "source": "protocol.schema.json of the npm package, cut by 'cargo xtask gateway-schema'",
        "package": PACKAGE,
        "version": version,
        "licence": "MIT",
        "$schema": schema["$schema"],
        "methods": methods,
        "definitions": definitions,
    }))
}

/// A definition and all that it names.
fn keep(schema: &Value, name: &str, kept: &mut BTreeMap<String, Value>) -> Result<()> {
    if kept.contains_key(name) {
        return Ok(());
    }
    let definition = schema["definitions"].get(name).with_context(|| format!("the schema has no {name}"))?;
    kept.insert(name.to_owned(), definition.clone());
    named(definition).into_iter().try_for_each(|name| keep(schema, name, kept))
}

fn named(value: &Value) -> Vec<&str> {
    match value {
        Value::Object(map) => {
            let here = map.get("$ref").and_then(Value::as_str).and_then(|path| path.strip_prefix("#/definitions/"));
            here.into_iter().chain(map.values().flat_map(named)).collect()
        }
        Value::Array(list) => list.iter().flat_map(named).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_definition_names_is_kept_and_a_missing_one_is_told() {
        let schema = json!({"definitions": {
            "A": {"anyOf": [{"$ref": "#/definitions/B"}, {"type": "null"}]},
            "B": {"properties": {"a": {"$ref": "#/definitions/A"}}}, "C": {}, "D": {"$ref": "#/definitions/E"},
        }});
        let mut kept = BTreeMap::new();
        keep(&schema, "A", &mut kept).unwrap();
        assert_eq!(kept.keys().collect::<Vec<_>>(), ["A", "B"]);
        assert!(keep(&schema, "D", &mut kept).is_err_and(|error| error.to_string().contains("no E")));
    }
}
