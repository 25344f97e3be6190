//! The router: the index of the API.
//!
//! Handlers answer from memory and from the ledger. Only what was said in a session is read from OpenClaw's files, by
//! way of the library, and only actions wait for OpenClaw, by way of the desk.

pub mod access;
pub mod actions;
pub mod api;
pub mod assets;
pub mod cache;
pub mod error;
pub mod feed;
pub mod guard;
pub mod query;
pub mod session;
mod sign_in;
pub mod sources;
pub mod stream;
pub mod trends;
pub mod usage;
pub mod view;
pub mod wire;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, OriginalUri};
use axum::middleware;
use utoipa::OpenApi;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;

use crate::clock::Clock;
use crate::control::desk::Desk;
use crate::conversation::library::Library;
use crate::domain::Millis;
use crate::hub::Hub;
use crate::logs::Places;
use crate::store::UsageHistory;
use cache::AnswerCache;
use error::ApiError;
use feed::Feeds;
use guard::{Door, Guard};
use view::Defaults;
use wire::InstallationRow;

/// What every handler may reach.
pub struct App {
    /// The facts.
    pub hub: Arc<Hub>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// What a request need not say.
    pub defaults: Defaults,
    /// What the page is told of the program.
    pub about: About,
    /// The ledger.
    pub history: Arc<dyn UsageHistory>,
    /// Kept answers.
    pub answers: AnswerCache,
    /// The push.
    pub feeds: Arc<Feeds>,
    /// The transcripts.
    pub library: Arc<Library>,
    /// The logs.
    pub logs: Places,
    /// Where something is asked of OpenClaw.
    pub desk: Arc<Desk>,
    /// The description of the API.
    pub openapi: String,
}

/// Fixed facts of this process.
#[derive(Debug, Default)]
pub struct About {
    /// Whether the simulator speaks.
    pub demo: bool,
    /// The polling interval of the page, in seconds.
    pub refresh_seconds: u64,
    /// When the program started.
    pub started_at: Millis,
    /// Where the log is.
    pub log_file: Option<String>,
    /// Where was looked: name and folder.
    pub installations: Vec<(String, std::path::PathBuf)>,
}

impl About {
    fn rows(&self) -> Vec<InstallationRow> {
        self.installations
            .iter()
            .map(|(name, root)| InstallationRow {
                name: name.clone(),
                state_dir: root.display().to_string(),
                found: root.is_dir(),
            })
            .collect()
    }
}

#[derive(OpenApi)]
#[openapi(info(
    title = "Factory Dashboard",
    description = "What OpenClaw agents do and cost. Times are RFC 3339 UTC or, in names that end in At or Ms, milliseconds; money is US dollars."
))]
struct Description;

/// Every route of the API, with its description; the pages of the sign-in are for people and stand in `sign_in.rs`.
#[must_use]
pub fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(api::sessions))
        .routes(routes!(session::session))
        .routes(routes!(session::runs))
        .routes(routes!(session::messages::messages))
        .routes(routes!(session::messages::message))
        .routes(routes!(session::export::export))
        .routes(routes!(session::logs::logs))
        .routes(routes!(api::health))
        .routes(routes!(api::tasks))
        .routes(routes!(api::sources))
        .routes(routes!(api::prices))
        .routes(routes!(api::trends))
        .routes(routes!(usage::usage))
        .routes(routes!(usage::usage_csv))
        .routes(routes!(stream::stream))
        .routes(routes!(stream::events))
        .routes(routes!(access::access))
        .routes(routes!(actions::session_action).layer(DefaultBodyLimit::max(actions::LONGEST_BODY)))
        .routes(routes!(actions::task_action).layer(DefaultBodyLimit::max(actions::LONGEST_BODY)))
        .routes(routes!(actions::audit))
        .routes(routes!(api::openapi))
}

/// The whole service: API, page, guards.
pub fn router(mut app: App, guard: Guard) -> Router {
    let (routes, description) = routes().split_for_parts();
    app.openapi = description.to_json().unwrap_or_default();
    let door = Arc::new(Door::new(guard, Arc::clone(&app.clock)));
    routes
        .merge(sign_in::routes(&door))
        .fallback(|OriginalUri(uri): OriginalUri, method, headers| async move {
            if uri.path().starts_with("/api/") {
                Err(ApiError::NotFound(uri.path().to_owned()))
            } else {
                assets::serve(&uri, &method, &headers)
            }
        })
        .method_not_allowed_fallback(|OriginalUri(uri): OriginalUri| async move {
            ApiError::MethodNotAllowed(uri.path().to_owned())
        })
        .layer(middleware::from_fn_with_state(door, guard::check))
        .with_state(Arc::new(app))
}
