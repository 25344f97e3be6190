//! Sessions: their key, kind and what OpenClaw's index says of them.

use super::{AgentId, AgentRef, Millis, ModelRef, SessionId, SessionKey, money::Money, usage::TokenUsage};

/// The coarse type that the page groups by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SessionType {
    /// A conversation: with a person, a group, a hook or another program.
    Main,
    /// Work that another session spawned.
    Subagent,
    /// A scheduled run.
    Cron,
}

impl SessionType {
    /// Every type, in the order of the page.
    pub const ALL: [Self; 3] = [Self::Main, Self::Subagent, Self::Cron];

    /// The word on the wire.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Main => "main",
            Self::Subagent => "subagent",
            Self::Cron => "cron",
        }
    }
}

impl SessionKey {
    /// The agent in the key, when it has one (`global` and `unknown` have none).
    #[must_use]
    pub fn agent(&self) -> Option<AgentId> {
        let (head, rest) = self.as_str().split_once(':')?;
        let (agent, _) = rest.split_once(':')?;
        (head == "agent" && !agent.is_empty()).then(|| AgentId::from(agent))
    }

    /// The key without its `agent:<id>:` head.
    fn scope(&self) -> &str {
        match self.as_str().splitn(3, ':').collect::<Vec<_>>()[..] {
            ["agent", _, rest] => rest,
            _ => self.as_str(),
        }
    }

    /// `subagent` before `cron` before `main`, by the segments of the key.
    #[must_use]
    pub fn session_type(&self) -> SessionType {
        let mut segments = self.as_str().split(':');
        if segments.clone().any(|segment| segment == "subagent") {
            SessionType::Subagent
        } else if segments.any(|segment| segment == "cron") {
            SessionType::Cron
        } else {
            SessionType::Main
        }
    }

    /// The finer kind, by the rule that holds for every version of OpenClaw.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        let scope = self.scope();
        let has = |part: &str| scope.split(':').any(|segment| segment == part);
        match scope.split(':').next().unwrap_or_default() {
            "main" => "main",
            "subagent" => "subagent",
            "cron" => "cron",
            "acp" | "acp-bridge" => "acp",
            "hook" => "hook",
            "global" | "unknown" => "global",
            _ if has("group") || has("channel") || has("room") => "group",
            _ if has("direct") || has("dm") => "direct",
            _ => "custom",
        }
    }

    /// `main`, or the type and the last six characters of the last segment.
    #[must_use]
    pub fn task_name(&self) -> String {
        match self.session_type() {
            SessionType::Main => "main".to_owned(),
            other => {
                let last = self.as_str().rsplit(':').next().unwrap_or_default();
                let from = last.char_indices().rev().nth(5).map_or(0, |(at, _)| at);
                format!("{}...{}", other.word(), &last[from..])
            }
        }
    }

    /// The job's own key, when this one names a single run of a scheduled job.
    #[must_use]
    pub fn cron_job_key(&self) -> Option<Self> {
        let (job, _) = self.as_str().split_once(":run:")?;
        job.contains(":cron:").then(|| Self::from(job))
    }
}

/// What OpenClaw says of the last run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoredStatus {
    /// A run began and did not end, as far as OpenClaw wrote down.
    Running,
    /// It ended well.
    Done,
    /// It ended with an error.
    Failed,
    /// Somebody stopped it.
    Killed,
    /// It took longer than allowed, or (2026.5.28) somebody stopped it.
    Timeout,
}

impl StoredStatus {
    /// OpenClaw's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Killed => "killed",
            Self::Timeout => "timeout",
        }
    }

    /// The status that OpenClaw's word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "running" => Self::Running,
            "done" => Self::Done,
            "failed" => Self::Failed,
            "killed" => Self::Killed,
            "timeout" => Self::Timeout,
            _ => return None,
        })
    }
}

/// A row of OpenClaw's session index. Everything but key and agent may be missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionEntry {
    /// Installation and agent.
    pub owner: AgentRef,
    /// The routing key.
    pub key: SessionKey,
    /// The current transcript.
    pub session_id: Option<SessionId>,
    /// When OpenClaw last wrote the row.
    pub updated_at: Option<Millis>,
    /// When the current transcript began.
    pub session_started_at: Option<Millis>,
    /// OpenClaw's word on the last run.
    pub status: Option<StoredStatus>,
    /// When the last run began.
    pub started_at: Option<Millis>,
    /// When the last run ended.
    pub ended_at: Option<Millis>,
    /// Whether the last run was stopped.
    pub aborted_last_run: bool,
    /// What the last run failed with.
    pub last_run_error: Option<String>,
    /// The model last used.
    pub model: Option<ModelRef>,
    /// The size of the model's context window.
    pub context_window: Option<u64>,
    /// Tokens in the context now, unless OpenClaw marks the figure as not fresh.
    pub context_used: Option<u64>,
    /// The counters of the last run: used only where there is no transcript.
    pub last_run_usage: Option<TokenUsage>,
    /// The estimate for the last run, where it is above zero.
    pub last_run_cost: Option<Money>,
    /// The name that somebody or the spawning session gave it.
    pub label: Option<String>,
    /// The channel that the conversation came through.
    pub channel: Option<String>,
    /// The session that spawned it.
    pub parent: Option<SessionKey>,
    /// When it was put aside; such a session is no row of the live list.
    pub archived_at: Option<Millis>,
}

impl SessionEntry {
    /// A row of which nothing is known but whose it is.
    #[must_use]
    pub fn new(owner: AgentRef, key: SessionKey) -> Self {
        Self {
            owner,
            key,
            session_id: None,
            updated_at: None,
            session_started_at: None,
            status: None,
            started_at: None,
            ended_at: None,
            aborted_last_run: false,
            last_run_error: None,
            model: None,
            context_window: None,
            context_used: None,
            last_run_usage: None,
            last_run_cost: None,
            label: None,
            channel: None,
            parent: None,
            archived_at: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(key: &str, session_type: SessionType, kind: &str, task_name: &str) {
        let key = SessionKey::from(key);
        assert_eq!(key.session_type(), session_type, "{key}");
        assert_eq!(key.kind(), kind, "{key}");
        assert_eq!(key.task_name(), task_name, "{key}");
    }

    #[test]
    fn keys_of_every_kind() {
        use SessionType::{Cron, Main, Subagent};
        check("agent:main:main", Main, "main", "main");
        check("agent:main:subagent:abc123", Subagent, "subagent", "subagent...abc123");
        check("agent:a:subagent:11:subagent:c3071506-4af8", Subagent, "subagent", "subagent...6-4af8");
        check("agent:main:cron:995cc9c8", Cron, "cron", "cron...5cc9c8");
        check("agent:main:cron:j:run:dd36b456", Cron, "cron", "cron...36b456");
        check("agent:a:cron:j:subagent:x", Subagent, "cron", "subagent...x");
        check("agent:a:discord:group:12", Main, "group", "main");
        check("agent:a:telegram:direct:+82-10", Main, "direct", "main");
        check("agent:a:hook:gmail:1", Main, "hook", "main");
        check("agent:ops:longrun", Main, "custom", "main");
        check("global", Main, "global", "main");
        check("agent:a:subagent:한국어작업이름", Subagent, "subagent", "subagent...국어작업이름");
    }

    #[test]
    fn only_a_cron_run_has_a_job_key() {
        let job = SessionKey::from("agent:m:cron:j:run:s").cron_job_key();
        assert_eq!(job, Some(SessionKey::from("agent:m:cron:j")));
        assert_eq!(SessionKey::from("agent:m:custom:run:s").cron_job_key(), None);
    }
}
