//! Subcommands and flags: what was typed. What it means is `config`'s business.

pub mod db;
pub mod doctor;
pub mod prices;
pub mod report;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory, Parser, Subcommand};

use crate::app::{self, DemoSettings};
use crate::config::{self, Config, Environment, Typed};
use report::ReportArgs;

#[derive(Debug, Parser)]
#[command(
    name = "factory-dashboard",
    version,
    about = "One live page for everything your OpenClaw agents do: who works, who is stuck, what it costs.",
    args_conflicts_with_subcommands = true
)]
struct Typing {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    options: Options,
}

#[derive(Debug, Subcommand)]
#[expect(clippy::large_enum_variant, reason = "one value in the life of the program")]
enum Command {
    /// Watch OpenClaw and serve page and API (the default).
    Serve {
        #[command(flatten)]
        options: Options,
    },
    /// Serve simulated agents: needs no OpenClaw and touches none.
    Demo {
        /// The same seed gives the same agents.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        #[command(flatten)]
        options: Options,
    },
    /// Check everything: what was found, why it matters, what to do. Exit code 1 when there is a problem.
    Doctor {
        /// Print JSON.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        options: Options,
    },
    /// Usage and cost as a table: by day, hour, week, month, agent, model or session.
    Report {
        #[command(flatten)]
        report: ReportArgs,
        #[command(flatten)]
        options: Options,
    },
    /// Show the price book in force, or import another list.
    Prices {
        #[command(subcommand)]
        action: Option<PricesAction>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        options: Options,
    },
    /// Look after the usage ledger.
    Db {
        #[command(subcommand)]
        action: db::DbAction,
    },
    /// Print completions for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, Subcommand)]
enum PricesAction {
    /// Take another price list (a file in the form of data/prices.json).
    Import {
        /// The file.
        file: PathBuf,
        #[command(flatten)]
        options: Options,
    },
}

/// Options that every command shares; each is also `FACTORY_<NAME>` and a key of `factory.toml`.
#[derive(Clone, Debug, Default, Args)]
pub struct Options {
    /// Configuration file [default: factory.toml in the configuration folder, if there].
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Address to listen at [default: 127.0.0.1].
    #[arg(long, value_name = "ADDRESS")]
    host: Option<String>,
    /// Port to listen at; 0 picks a free one [default: 5050].
    #[arg(long, value_name = "PORT")]
    port: Option<String>,
    /// OpenClaw's state directory, or NAME=DIR; may be given several times [default: the variable of OpenClaw, else ~/.openclaw].
    #[arg(long, value_name = "DIR")]
    state_dir: Vec<String>,
    /// Where to read: auto, files, gateway, command, demo [default: auto = files, a gateway when one answers, the command when neither is there].
    #[arg(long, value_name = "LIST")]
    source: Option<String>,
    /// OpenClaw's running gateway [default: as openclaw.json says].
    #[arg(long, value_name = "URL")]
    gateway: Option<String>,
    /// File with the gateway's token [default: as openclaw.json says, else as `OPENCLAW_GATEWAY_TOKEN`].
    #[arg(long, value_name = "FILE")]
    gateway_token_file: Option<String>,
    /// The OpenClaw command [default: openclaw].
    #[arg(long, value_name = "PATH")]
    openclaw: Option<String>,
    /// How many minutes the OpenClaw command looks back [default: 60].
    #[arg(long, value_name = "MINUTES")]
    active: Option<String>,
    /// Our own folder; nothing is ever written below a state directory [default: $XDG_DATA_HOME/factory-dashboard].
    #[arg(long, value_name = "DIR")]
    data_dir: Option<String>,
    /// Polling interval of the page and of the OpenClaw command [default: 10].
    #[arg(long, value_name = "SECONDS")]
    refresh: Option<String>,
    /// Up to this age a session is active [default: 5].
    #[arg(long, value_name = "MINUTES")]
    active_minutes: Option<String>,
    /// Below this age a session is idle, from there on stale [default: 60].
    #[arg(long, value_name = "MINUTES")]
    idle_minutes: Option<String>,
    /// A run that is silent for this long is stuck [default: 10].
    #[arg(long, value_name = "MINUTES")]
    stuck_minutes: Option<String>,
    /// Price basis: auto, list, recorded, reference [default: auto = what OpenClaw recorded, else list prices].
    #[arg(long, value_name = "BASIS")]
    price_basis: Option<String>,
    /// How long single calls are kept beside their sums, such as 400d [default: off = for ever].
    #[arg(long, value_name = "DAYS")]
    keep_raw: Option<String>,
    /// Let those who have the token stop, restart and delete [default: off].
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true", require_equals = true)]
    allow_control: Option<String>,
    /// Show no message text: no conversation, no prompts, no log lines [default: off].
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true", require_equals = true)]
    no_messages: Option<String>,
    /// File with the token that readers must send [default: none on a loopback address; made up, kept in the data folder and printed once elsewhere].
    #[arg(long, value_name = "FILE")]
    token_file: Option<String>,
    /// What is logged: error, warn, info, debug [default: info].
    #[arg(long, value_name = "LEVEL")]
    log: Option<String>,
}

impl Options {
    fn resolve(&self) -> Result<Config, ExitCode> {
        let mut typed = Typed::default();
        let single = [
            ("host", &self.host),
            ("port", &self.port),
            ("source", &self.source),
            ("gateway", &self.gateway),
            ("gateway-token-file", &self.gateway_token_file),
            ("openclaw", &self.openclaw),
            ("active", &self.active),
            ("data-dir", &self.data_dir),
            ("refresh", &self.refresh),
            ("active-minutes", &self.active_minutes),
            ("idle-minutes", &self.idle_minutes),
            ("stuck-minutes", &self.stuck_minutes),
            ("price-basis", &self.price_basis),
            ("keep-raw", &self.keep_raw),
            ("allow-control", &self.allow_control),
            ("no-messages", &self.no_messages),
            ("token-file", &self.token_file),
            ("log", &self.log),
        ];
        for (name, value) in single {
            typed.set(name, value.clone());
        }
        typed.set("state-dir", self.state_dir.clone());
        config::resolve(&typed, &Environment::of_process(), self.config.as_deref()).map_err(|problems| {
            say("The options have mistakes:");
            for problem in problems {
                say(&format!("  {problem}"));
            }
            ExitCode::from(2)
        })
    }
}

/// Says something to the person at the terminal.
fn say(text: &str) {
    // Nobody is left to tell when stderr is closed.
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Prints a result.
fn print(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Runs the program.
#[must_use]
pub fn run() -> ExitCode {
    let typing = match Typing::try_parse() {
        Ok(typing) => typing,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    match dispatch(typing) {
        Ok(code) | Err(code) => code,
    }
}

fn dispatch(typing: Typing) -> Result<ExitCode, ExitCode> {
    Ok(match typing.command {
        None => serve(&typing.options.resolve()?),
        Some(Command::Serve { options }) => serve(&options.resolve()?),
        Some(Command::Demo { seed, options }) => finish(app::serve(&options.resolve()?, Some(DemoSettings { seed }))),
        Some(Command::Doctor { json, options }) => doctor::run(&options.resolve()?, json),
        Some(Command::Report { report, options }) => report::run(&options.resolve()?, &report),
        Some(Command::Prices { action: Some(PricesAction::Import { file, options }), .. }) => {
            finish(prices::import(&options.resolve()?, &file))
        }
        Some(Command::Prices { action: None, json, options }) => finish(prices::show(&options.resolve()?, json)),
        Some(Command::Db { action }) => match db::run(&action.options().resolve()?, &action) {
            Ok(code) => code,
            Err(error) => finish(Err(error)),
        },
        Some(Command::Completions { shell }) => {
            clap_complete::generate(shell, &mut Typing::command(), "factory-dashboard", &mut std::io::stdout());
            ExitCode::SUCCESS
        }
    })
}

/// Says what was found before serving, and offers the simulator where nothing was.
fn serve(config: &Config) -> ExitCode {
    let choice = config.sources;
    if choice.auto || choice.files {
        let missing: Vec<_> = config.installations.iter().filter(|one| !one.root.is_dir()).collect();
        for installation in config.installations.iter().filter(|one| one.root.is_dir()) {
            say(&format!("reading OpenClaw's state directory {}", installation.root.display()));
        }
        for installation in &missing {
            say(&format!("there is no OpenClaw state directory {}", installation.root.display()));
        }
        if missing.len() == config.installations.len() && !app::on_path(&config.openclaw) {
            say(
                "no OpenClaw was found here. To see simulated agents: factory-dashboard demo  (from the source: cargo run --release -- demo)",
            );
            say("to read another folder: factory-dashboard --state-dir DIR");
        }
    }
    finish(app::serve(config, None))
}

fn finish(result: anyhow::Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("factory-dashboard: {error:#}"));
            ExitCode::FAILURE
        }
    }
}
