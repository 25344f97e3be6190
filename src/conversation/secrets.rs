//! OpenClaw's own secrets: which files and tables of a state directory hold them.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::redaction::{own_secrets, own_secrets_of_env_file};
use crate::source::{database, state_dir};

/// The largest file that is looked through.
const LARGEST: u64 = 16 << 20;
/// So many rows of a table are.
const ROWS: i64 = 10_000;
/// Columns that hold a secret, or JSON with secrets in it: of an agent's database, and of the one of all.
const COLUMNS: [(&str, &str); 6] = [
    ("auth_profile_store", "store_json"),
    ("secret_store_entries", "value"),
    ("device_auth_tokens", "token"),
    ("device_bootstrap_tokens", "token"),
    ("gateway_origin_device_tokens", "token"),
    ("mcp_oauth_stores", "store_json"),
];

/// The files of a state directory that hold secrets.
pub(super) fn files(root: &Path) -> Vec<PathBuf> {
    let mut files = vec![
        root.join("openclaw.json"),
        root.join(".env"),
        root.join("credentials").join("oauth.json"),
        root.join("state").join("openclaw.sqlite"),
    ];
    for folder in state_dir::agents(root).unwrap_or_default().into_values() {
        for name in ["auth-profiles.json", "auth.json", "models.json"] {
            files.push(folder.join("agent").join(name));
        }
        files.push(state_dir::database_path(&folder));
    }
    files
}

/// The secrets in one file; none where it cannot be read: what it holds is not known then.
pub(super) fn of_file(file: &Path) -> Vec<String> {
    if is_database(file) {
        return if file.is_file() { of_database(file).unwrap_or_default() } else { Vec::new() };
    }
    let is_small = fs::metadata(file).is_ok_and(|meta| meta.is_file() && meta.len() <= LARGEST);
    let Some(text) = is_small.then(|| fs::read_to_string(file).ok()).flatten() else { return Vec::new() };
    if file.file_name().is_some_and(|name| name == ".env") {
        return own_secrets_of_env_file(&text);
    }
    json5::from_str::<Value>(&text).map(|value| own_secrets(&value)).unwrap_or_default()
}

/// Whether a file is a database.
pub(super) fn is_database(file: &Path) -> bool {
    file.extension().is_some_and(|ending| ending == "sqlite")
}

fn of_database(file: &Path) -> rusqlite::Result<Vec<String>> {
    let opened = database::open(file)?;
    let mut secrets = Vec::new();
    for (table, column) in COLUMNS {
        if !database::columns(&opened.connection, table)?.iter().any(|name| name == column) {
            continue;
        }
        let mut statement = opened.connection.prepare(&format!("select {column} from {table} limit {ROWS}"))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let Ok(text) = row.get_ref(0)?.as_str() else { continue };
            match serde_json::from_str::<Value>(text) {
                Ok(value @ (Value::Object(_) | Value::Array(_))) => secrets.extend(own_secrets(&value)),
                _ => secrets.push(text.to_owned()),
            }
        }
    }
    Ok(secrets)
}
