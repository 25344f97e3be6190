//! Every type that the API serialises. The names are a contract: add, never rename.

mod access;
mod background;
mod control;
mod logs;
mod messages;
mod prices;
mod session;
mod sessions;
mod sources;
mod stream;
mod trends;
mod usage;

pub use access::AccessResponse;
pub use background::{CronRow, TaskRow, TasksResponse};
pub use control::{ActionResponse, AuditResponse, AuditRow, SessionActionBody, TaskActionBody};
pub use logs::{LogRow, LogsResponse};
pub use messages::{AnswerRow, MessageRow, MessagesResponse, NoteRow, PartRow, Searched, TokenFigures, ToolResultRow};
pub use prices::{PriceRow, PricesResponse, RateRow, TierRow};
pub use session::{
    CompactionRow, ErrorGroup, FamilySum, LifeFigures, ModelFigures, Relative, RunRow, RunsResponse, SessionDetail,
    StepRow, ToolRow, TranscriptRow, Turn,
};
pub use sessions::{Coverage, QueueItem, SessionRow, SessionsResponse, Stats, TokenStats};
pub use sources::{
    AgentRow, Health, InstallationRow, OpenClawDifference, OpenClawReason, OpenClawRow, Progress, SkippedRow,
    SourceRow, SourcesResponse,
};
pub use stream::{Change, Removed, StreamMessage};
pub use trends::TrendsResponse;
pub use usage::{LedgerRow, UsageBucket, UsageFigures, UsageGroup, UsageResponse, UsageSession, UsageValue};
