//! The layers: who may name whom (docs/ARCHITECTURE.md), held by reading the sources.

use std::path::{Path, PathBuf};

/// A module and the modules of the crate that it may name.
const ALLOWED: [(&str, &[&str]); 16] = [
    ("domain", &["domain"]),
    ("redaction", &["redaction"]),
    ("clock", &["domain", "clock"]),
    ("config", &["domain", "config"]),
    ("gateway", &["domain", "config", "gateway"]),
    ("live", &["domain", "live"]),
    ("hub", &["domain", "live", "hub"]),
    ("source", &["domain", "clock", "config", "gateway", "source"]),
    ("store", &["domain", "store"]),
    ("pipeline", &["domain", "redaction", "clock", "live", "store", "hub", "pipeline"]),
    ("control", &["domain", "clock", "gateway", "live", "hub", "control"]),
    ("conversation", &["domain", "redaction", "source", "conversation"]),
    ("logs", &["domain", "gateway", "source", "conversation", "logs"]),
    (
        "http",
        &["domain", "clock", "config", "live", "store", "hub", "redaction", "control", "conversation", "logs", "http"],
    ),
    (
        "app",
        &[
            "domain",
            "clock",
            "config",
            "gateway",
            "live",
            "store",
            "hub",
            "source",
            "pipeline",
            "control",
            "conversation",
            "logs",
            "http",
            "app",
        ],
    ),
    (
        "cli",
        &[
            "domain", "clock", "config", "gateway", "live", "store", "hub", "source", "pipeline", "control", "http",
            "app", "cli",
        ],
    ),
];

/// Crates that a module may not touch.
const FORBIDDEN: [(&str, &[&str]); 7] = [
    ("domain", &["serde", "tokio", "rusqlite", "axum", "std::fs", "std::io", "tracing", "std::time"]),
    ("redaction", &["tokio", "rusqlite", "axum", "std::fs", "std::io", "tracing", "std::time"]),
    ("live", &["serde", "tokio", "rusqlite", "axum", "std::fs", "std::time"]),
    ("store", &["tokio", "axum"]),
    ("hub", &["rusqlite", "axum", "serde"]),
    ("control", &["rusqlite", "notify", "axum"]),
    ("http", &["rusqlite", "notify"]),
];

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Each source file with the module that it belongs to and its text without tests.
fn sources() -> Vec<(String, PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    files(&root, &mut found);
    let module = |path: &Path| {
        let first =
            path.strip_prefix(&root).unwrap().components().next().unwrap().as_os_str().to_string_lossy().into_owned();
        first.trim_end_matches(".rs").to_owned()
    };
    found
        .into_iter()
        .filter(|path| !path.ends_with("tests.rs"))
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]\nmod ").next().unwrap().to_owned();
            (module(&path), path, code)
        })
        .collect()
}

#[test]
fn names_point_one_way() {
    let mut checked = 0;
    for (module, path, code) in sources() {
        let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| *name == module) else {
            assert!(matches!(module.as_str(), "lib" | "main"), "{} has no layer", path.display());
            continue;
        };
        for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
            for part in line.split("crate::").skip(1) {
                let named: String = part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                assert!(
                    named.is_empty() || allowed.contains(&named.as_str()),
                    "{} names {named}, which {module} may not",
                    path.display()
                );
                checked += 1;
            }
        }
    }
    assert!(checked > 100, "the test must see the names");
}

#[test]
fn the_middle_is_pure() {
    for (module, path, code) in sources() {
        let Some((_, forbidden)) = FORBIDDEN.iter().find(|(name, _)| *name == module) else { continue };
        for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
            for name in *forbidden {
                let direct = line.contains(&format!("{name}::")) || line.contains(&format!("use {name}"));
                let exempt = module == "http" || (module == "hub" && *name == "serde");
                assert!(
                    !direct || (exempt && !matches!(*name, "rusqlite" | "notify")),
                    "{} touches {name}",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    for (_, path, code) in sources() {
        assert!(code.starts_with("//!"), "{} does not begin with a module comment", path.display());
    }
}

#[test]
fn no_module_is_hidden_in_a_mod_file() {
    assert!(sources().iter().all(|(_, path, _)| !path.ends_with("mod.rs")));
}
