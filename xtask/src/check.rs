//! The gate: one readable list behind one command.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::time::Instant;

use anyhow::{Context, Result, bail};

/// Runs the whole gate.
pub fn run(arguments: &[String]) -> Result<()> {
    let no_e2e = match arguments {
        [] => false,
        [one] if one == "--no-e2e" => true,
        _ => bail!("cargo xtask check takes no argument but --no-e2e"),
    };
    step("format", cargo(&["fmt", "--all", "--check"]))?;
    step("lints", cargo(&["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"]))?;
    step("tests", test_command())?;
    step("documentation", doc_command())?;
    println!("== licences");
    crate::licences::check(root(), &cargo_path())?;
    step("vendored files", sums())?;
    step("page tests", page_tests()?)?;
    if no_e2e {
        println!("\nLeft out on request: the browser and OpenClaw tests (--no-e2e).");
    } else {
        e2e()?;
    }
    println!("\nEverything passed.");
    Ok(())
}

/// The browser and OpenClaw tests, against a release build.
pub fn e2e() -> Result<()> {
    step("release build", cargo(&["build", "--release", "--quiet"]))?;
    let node = node()?;
    let mut command = Command::new(node);
    command
        .arg(root().join("e2e/run.mjs"))
        .env("FACTORY_DASHBOARD_BIN", target().join("release/factory-dashboard"))
        .env("FACTORY_E2E_TARGET", target().join("e2e"))
        .current_dir(root());
    step("browser and OpenClaw", command)
}

fn step(name: &str, mut command: Command) -> Result<()> {
    println!("== {name}");
    let began = Instant::now();
    let status =
        command.current_dir(root()).status().with_context(|| format!("{name}: {command:?} could not be started"))?;
    println!("== {name}: {:.1} s", began.elapsed().as_secs_f64());
    if status.success() { Ok(()) } else { bail!("{name} failed: {command:?}") }
}

fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(cargo_path());
    command.args(arguments);
    command
}

/// The cargo that started this chore.
fn cargo_path() -> String {
    std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned())
}

/// `cargo test` and not a runner that would have to be installed. Stored snapshots must match.
fn test_command() -> Command {
    let mut command = cargo(&["test", "--workspace", "--quiet"]);
    command.env("INSTA_UPDATE", "no");
    command
}

fn doc_command() -> Command {
    let mut command = cargo(&["doc", "--workspace", "--no-deps", "--document-private-items", "--quiet"]);
    command.env("RUSTDOCFLAGS", "-D warnings");
    command
}

/// Vendored front-end files are what their list says.
fn sums() -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", "cd web/vendor && sha256sum --check --quiet --strict SHA256SUMS"]);
    shell
}

fn page_tests() -> Result<Command> {
    // The files one by one: versions of node differ in what they make of a folder.
    let files = std::fs::read_dir(root().join("web/tests"))?.flatten().map(|entry| entry.path());
    let mut tests: Vec<PathBuf> = files.filter(|path| path.to_string_lossy().ends_with(".test.js")).collect();
    tests.sort();
    let mut command = Command::new(node()?);
    command.arg("--test").args(tests);
    Ok(command)
}

/// Node, or what to do to get it.
fn node() -> Result<PathBuf> {
    if works("node") {
        return Ok("node".into());
    }
    install(&["nodejs", "npm"])?;
    if works("node") { Ok("node".into()) } else { bail!("node is missing. Install it: apt-get install nodejs npm") }
}

fn works(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}

/// Installs Debian packages where this user may; otherwise names the command.
fn install(packages: &[&str]) -> Result<()> {
    let list = packages.join(" ");
    let root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0");
    if !root || !works("apt-get") {
        bail!("missing: {list}. Install: sudo apt-get install {list}");
    }
    println!("installing Debian packages: {list}");
    let script = format!("apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq {list}");
    let status = Command::new("sh").args(["-c", &script]).status()?;
    if status.success() { Ok(()) } else { bail!("installing failed: {list}") }
}

/// The project's folder.
pub fn root() -> &'static Path {
    static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
        // Where it runs, not where it was built: two clones may share a build folder.
        let here = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        Path::new(&here).parent().expect("xtask lies in the project").to_owned()
    });
    &ROOT
}

/// The build folder.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}
