//! Every crate that the program is built from has a licence that a binary under MIT may carry,
//! and every dependency that is declared is used.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

/// Licences that ask for no more than their text beside a copy.
const ALLOWED: [&str; 12] = [
    "MIT",
    "MIT-0",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Holds the crates of this platform against the list; needs no network once they are fetched.
pub fn check(root: &Path, cargo: &str) -> Result<()> {
    let host = host(cargo)?;
    let arguments = ["metadata", "--format-version", "1", "--locked", "--filter-platform", &host];
    let output = Command::new(cargo).args(arguments).current_dir(root).output()?;
    ensure!(output.status.success(), "cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata["packages"].as_array().context("cargo metadata lists no packages")?;
    let refused: Vec<String> = packages
        .iter()
        .filter(|package| !is_allowed(package["license"].as_str().unwrap_or_default()))
        .map(|package| format!("{} {}: licence {}", package["name"], package["version"], package["license"]))
        .collect();
    if !refused.is_empty() {
        bail!("licences that are not on the list in xtask/src/licences.rs:\n{}", refused.join("\n"));
    }
    let unused = unused(root)?;
    ensure!(unused.is_empty(), "dependencies that no source file names: {}", unused.join(", "));
    println!("{} crates, every licence allowed, every dependency used", packages.len());
    Ok(())
}

fn host(cargo: &str) -> Result<String> {
    let output = Command::new(cargo).args(["--version", "--verbose"]).output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = text.lines().find_map(|line| line.strip_prefix("host: "));
    line.map(str::to_owned).context("cargo does not name its host platform")
}

/// An expression is allowed when one side of each `OR` is, and both sides of each `AND`.
fn is_allowed(expression: &str) -> bool {
    let every = |part: &str| part.split(" AND ").all(|one| ALLOWED.contains(&one.trim_matches(['(', ')', ' '])));
    // `(A OR B) AND C`: the parts in brackets are judged first.
    if let Some((inner, rest)) = expression.strip_prefix('(').and_then(|text| text.split_once(") AND ")) {
        return is_allowed(inner) && is_allowed(rest);
    }
    expression.replace('/', " OR ").split(" OR ").any(every)
}

/// Dependencies in `Cargo.toml` whose crate no Rust source of the package names.
fn unused(root: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for (manifest, folders) in
        [("Cargo.toml", &["src", "tests", "benches"][..]), ("xtask/Cargo.toml", &["xtask/src"][..])]
    {
        let text = std::fs::read_to_string(root.join(manifest))?;
        let mut sources = String::new();
        for folder in folders {
            gather(&root.join(folder), &mut sources)?;
        }
        let mut inside = false;
        for line in text.lines() {
            if line.starts_with('[') {
                inside = line.contains("dependencies]");
                continue;
            }
            let Some((name, _)) = line.split_once(" = ").filter(|_| inside) else { continue };
            let path = name.trim().replace('-', "_");
            if ![format!("{path}::"), format!("use {path};")].iter().any(|use_of| sources.contains(use_of)) {
                found.push(format!("{name} in {manifest}"));
            }
        }
    }
    Ok(found)
}

fn gather(folder: &Path, into: &mut String) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            gather(&path, into)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push_str(&std::fs::read_to_string(&path)?);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::is_allowed;

    #[test]
    fn expressions() {
        for good in
            ["MIT", "GPL-3.0 OR MIT", "MIT/Apache-2.0", "MIT AND BSD-3-Clause", "(MIT OR GPL-3.0) AND Unicode-3.0"]
        {
            assert!(is_allowed(good), "{good}");
        }
        for bad in ["", "GPL-3.0", "MIT AND GPL-3.0", "(GPL-3.0 OR AGPL-3.0) AND MIT"] {
            assert!(!is_allowed(bad), "{bad}");
        }
    }
}
