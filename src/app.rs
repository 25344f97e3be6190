//! Builds everything once, runs it, stops it in order.

mod desk;
mod gateways;
mod keeper;
mod logs;
pub mod prices;
pub mod progress;
mod token;
mod warm;

use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::serve::ListenerExt;
use jiff::tz::TimeZone;
use tokio::net::{TcpListener, TcpStream};

pub use self::gateways::{gateway_target, uses_gateway};
use self::keeper::Keeper;
pub use self::prices::price_book;
use crate::clock::{Clock, SystemClock};
use crate::config::{Config, Installation};
use crate::conversation::library::Library;
use crate::domain::{InstallationId, Millis};
use crate::http::cache::AnswerCache;
use crate::http::feed::Feeds;
use crate::http::view::Defaults;
use crate::http::{About, App, router};
use crate::hub::Hub;
use crate::live::LiveState;
use crate::source::command::CommandSource;
use crate::source::gateway_usage::GatewayUsage;
use crate::source::packed::ends::Ends;
use crate::store::UsageHistory;

/// How long open requests may take once the program shall stop.
const GRACE: Duration = Duration::from_millis(1500);

/// How long a reader may take nothing of what is sent.
#[cfg(target_os = "linux")]
const UNREAD: Duration = Duration::from_mins(1);

/// How the simulator begins, where it is asked for.
#[derive(Clone, Copy, Debug)]
pub struct DemoSettings {
    /// The same seed gives the same agents.
    pub seed: u64,
}

/// Runs until Ctrl-C or SIGTERM.
pub fn serve(config: &Config, demo: Option<DemoSettings>) -> Result<()> {
    let log_file = start_log(config);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("the program's threads could not be started")?;
    let result = runtime.block_on(run(config, demo, log_file.as_deref()));
    runtime.shutdown_timeout(Duration::from_millis(200));
    result
}

async fn run(config: &Config, demo: Option<DemoSettings>, log_file: Option<&Path>) -> Result<()> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let book = price_book(config)?;
    for installation in &config.installations {
        gateway_target(config, installation)?;
    }
    let listener = listen(config).await?;
    // Behind the port: a second start on the same port must not make a token that nobody needs.
    let guard = token::guard(config, demo.is_some() || config.sources.demo)?;
    let address = listener.local_addr().context("the address in use is not known")?;

    let hub = Arc::new(Hub::new(LiveState::new(book.clone(), clock.now()).board(clock.now())));
    let ends = config.data_dir.join("archive-ends");
    let ends = match demo {
        Some(_) => Ends::default(),
        None if config.no_messages => Ends::none(&ends),
        None => Ends::in_folder(&ends),
    };
    let library = Library::new(if demo.is_some() { Vec::new() } else { roots(config) }, !config.no_messages, ends);
    let keeper = Keeper::start(config, demo, book, &hub, &clock, &library)?;
    let shown = Arc::clone(&hub);
    let simulated = demo.is_some() || config.sources.demo;
    let app = App {
        desk: desk::desk(config, simulated, &hub, &clock),
        library,
        logs: logs::places(config, simulated),
        feeds: Feeds::new(Arc::clone(&hub), Arc::clone(&clock), defaults(config)),
        hub,
        clock: Arc::clone(&clock),
        defaults: defaults(config),
        about: About {
            demo: simulated,
            refresh_seconds: config.refresh_seconds,
            started_at: clock.now(),
            log_file: log_file.map(|file| file.display().to_string()),
            installations: if demo.is_some() {
                Vec::new()
            } else {
                config.installations.iter().map(|one| (one.id.to_string(), one.root.clone())).collect()
            },
        },
        history: Arc::clone(&keeper.history) as Arc<dyn UsageHistory>,
        answers: AnswerCache::default(),
        openapi: String::new(),
    };
    let mut out = std::io::stdout().lock();
    // A closed pipe is no reason to stop: the line is for whoever reads it.
    let _ = writeln!(out, "listening on http://{address}");
    let _ = out.flush();
    drop(out);
    tracing::info!(%address, version = env!("CARGO_PKG_VERSION"), "listening");
    let progress = tokio::spawn(progress::tell(Arc::clone(&shown)));
    let history = Arc::clone(&keeper.history) as Arc<dyn UsageHistory>;
    let warming = tokio::spawn(warm::days(shown, history, TimeZone::system(), clock.now()));

    let service = router(app, guard).into_make_service_with_connect_info::<SocketAddr>();
    let serve = axum::serve(listener.tap_io(tune), service).with_graceful_shutdown(stop_signal());
    tokio::select! {
        result = serve => result.context("the server stopped")?,
        () = async { stop_signal().await; tokio::time::sleep(GRACE).await } => {}
    }
    tracing::info!("stopping");
    progress.abort();
    warming.abort();
    keeper.stop();
    Ok(())
}

/// Whether OpenClaw's command is asked: on request, and where there is no state directory.
#[must_use]
pub fn uses_command(config: &Config) -> bool {
    let found = config.installations.iter().any(|installation| installation.root.is_dir());
    let has_gateway = config.gateway_url.is_some();
    config.sources.command || (config.sources.auto && !found && !has_gateway && on_path(&config.openclaw))
}

/// The command source of a configuration.
#[must_use]
pub fn command_source(config: &Config) -> CommandSource {
    CommandSource {
        installation: config
            .installations
            .first()
            .map_or_else(|| InstallationId::from("openclaw"), |one| one.id.clone()),
        program: config.openclaw.clone(),
        active_minutes: config.command_active_minutes,
        every: Duration::from_secs(config.refresh_seconds),
        state_dir: config.installations.first().map(|one| one.root.clone()).filter(|root| root.is_dir()),
    }
}

/// Whether a running gateway is asked what OpenClaw itself counts. Not with `--source files` alone: the
/// command that asks makes OpenClaw write files of its own.
#[must_use]
pub fn asks_gateway(config: &Config) -> bool {
    config.sources.auto || config.sources.command
}

/// Whom to ask what OpenClaw itself counts for an installation.
#[must_use]
pub fn gateway_usage(config: &Config, installation: &Installation) -> GatewayUsage {
    let others = config.installations.iter().filter(|other| other.id != installation.id);
    GatewayUsage {
        installation: installation.id.clone(),
        root: installation.root.clone(),
        program: config.openclaw.clone(),
        others: others.map(|other| other.root.clone()).collect(),
    }
}

fn roots(config: &Config) -> Vec<(InstallationId, PathBuf)> {
    config.installations.iter().map(|one| (one.id.clone(), one.root.clone())).collect()
}

fn defaults(config: &Config) -> Defaults {
    Defaults { thresholds: config.thresholds, basis: config.price_basis, zone: TimeZone::system() }
}

/// Whether a command can be found.
#[must_use]
pub fn on_path(program: &Path) -> bool {
    if program.components().count() > 1 {
        return program.is_file();
    }
    search_path().iter().any(|folder| folder.join(program).is_file())
}

fn search_path() -> Vec<PathBuf> {
    let path = crate::config::Environment::of_process();
    path.get("PATH").map(|path| path.split(':').map(PathBuf::from).collect()).unwrap_or_default()
}

/// A change is sent at once, and a reader that takes nothing for too long is given up.
fn tune(connection: &mut TcpStream) {
    // A connection that cannot be tuned works all the same.
    let _ = connection.set_nodelay(true);
    #[cfg(target_os = "linux")]
    let _ = socket2::SockRef::from(&*connection).set_tcp_user_timeout(Some(UNREAD));
}

async fn listen(config: &Config) -> Result<TcpListener> {
    let address = SocketAddr::new(config.host, config.port);
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => anyhow::anyhow!(
            "port {} is in use. Stop the program that uses it, or choose another with --port (0 picks a free one).",
            config.port
        ),
        std::io::ErrorKind::PermissionDenied => {
            anyhow::anyhow!("port {} may not be used by this user. Choose one above 1023 with --port.", config.port)
        }
        _ => anyhow::anyhow!("cannot listen on {address}: {error}. Check --host and --port."),
    })
}

/// Logs to stderr and to `logs/app.log` in the data folder: rotated daily, seven kept.
fn start_log(config: &Config) -> Option<PathBuf> {
    use tracing_subscriber::layer::SubscriberExt;
    use tracing_subscriber::util::SubscriberInitExt;
    let folder = config.data_dir.join("logs");
    let file = std::fs::create_dir_all(&folder).map_err(anyhow::Error::from).and_then(|()| {
        let rolling = tracing_appender::rolling::Builder::new()
            .rotation(tracing_appender::rolling::Rotation::DAILY)
            .filename_prefix("app")
            .filename_suffix("log")
            .latest_symlink("app.log")
            .max_log_files(7);
        rolling.build(&folder).map_err(anyhow::Error::from)
    });
    let filter = tracing_subscriber::EnvFilter::new(format!("warn,factory_dashboard={}", config.log));
    let (file, failed) = match file {
        Ok(file) => (Some(std::sync::Mutex::new(file)), None),
        Err(error) => (None, Some(error)),
    };
    let to_file = file.map(|file| tracing_subscriber::fmt::layer().with_ansi(false).with_writer(file));
    let to_stderr = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .without_time()
        .with_target(false)
        .with_writer(std::io::stderr);
    // A second start in the same process (tests) keeps the first log.
    let _ = tracing_subscriber::registry().with(filter).with(to_file).with(to_stderr).try_init();
    if let Some(error) = failed {
        // A log that cannot be written is no reason to show nothing.
        tracing::warn!(
            "the log cannot be written to {}: {error}; choose another folder with --data-dir",
            folder.display()
        );
        return None;
    }
    Some(folder.join("app.log"))
}

/// A moment in the zone of this machine.
#[must_use]
pub fn local_time(at: Millis) -> String {
    let at = jiff::Timestamp::from_millisecond(at).map(|at| at.to_zoned(TimeZone::system()));
    at.map_or_else(|_| "an unknown time".to_owned(), |at| at.strftime("%Y-%m-%d %H:%M:%S").to_string())
}

async fn stop_signal() {
    let mut terminate = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(signal) => signal,
        Err(error) => {
            tracing::warn!(%error, "SIGTERM cannot be noticed; Ctrl-C can");
            let _ = tokio::signal::ctrl_c().await;
            return;
        }
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
