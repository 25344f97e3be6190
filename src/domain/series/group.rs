//! What sums are kept apart, and which calls count at all.

use std::collections::HashMap;

use crate::domain::rollup::UsageKey;
use crate::domain::session::SessionType;
use crate::domain::{AgentRef, SessionKey};

/// A way to keep calls apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dimension {
    /// By the agent's name.
    Agent,
    /// By the model's name.
    Model,
    /// By the provider of the model.
    Provider,
    /// By the type of the session.
    Type,
    /// By session: all transcripts of one key.
    Session,
    /// By installation.
    Installation,
}

impl Dimension {
    /// Every dimension, in the order of the documentation.
    pub const ALL: [Self; 6] =
        [Self::Agent, Self::Model, Self::Provider, Self::Type, Self::Session, Self::Installation];

    /// The word on the wire.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Model => "model",
            Self::Provider => "provider",
            Self::Type => "type",
            Self::Session => "session",
            Self::Installation => "installation",
        }
    }

    /// What a key says in this dimension; empty where it is unknown.
    fn label(self, key: &UsageKey) -> String {
        match self {
            Self::Agent => key.owner.agent.to_string(),
            Self::Model => key.model.as_ref().map(|model| model.model.to_string()).unwrap_or_default(),
            Self::Provider => key.model.as_ref().map(|model| model.provider.to_string()).unwrap_or_default(),
            Self::Type => key.session_type.map(SessionType::word).unwrap_or_default().to_owned(),
            Self::Session => session_label(key),
            Self::Installation => key.owner.installation.to_string(),
        }
    }
}

/// The session's key; one made of agent and transcript where nothing tells the key.
fn session_label(key: &UsageKey) -> String {
    key.session.as_ref().map_or_else(String::new, |name| match &name.key {
        Some(known) => known.to_string(),
        None => format!("agent:{}:{}", key.owner.agent, name.session_id),
    })
}

/// Calls that are alike in every dimension asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// What they have in common, in the order of the dimensions.
    pub labels: Vec<String>,
    /// More of their session, where sessions are kept apart.
    pub session: Option<GroupSession>,
}

/// Whose session it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupSession {
    /// Installation and agent.
    pub owner: AgentRef,
    /// The key, where it is known.
    pub key: Option<SessionKey>,
    /// The type, where it is known.
    pub session_type: Option<SessionType>,
}

/// Numbers groups in the order in which they are met.
pub(super) struct Grouping<'a> {
    dimensions: &'a [Dimension],
    numbers: HashMap<(Vec<String>, Option<AgentRef>), usize>,
    pub(super) groups: Vec<Group>,
}

impl<'a> Grouping<'a> {
    pub(super) fn new(dimensions: &'a [Dimension]) -> Self {
        Self { dimensions, numbers: HashMap::new(), groups: Vec::new() }
    }

    /// The group of a key.
    pub(super) fn number(&mut self, key: &UsageKey) -> usize {
        let labels: Vec<String> = self.dimensions.iter().map(|dimension| dimension.label(key)).collect();
        // Two agents may have sessions of the same key, such as `global`.
        let owner = self.dimensions.contains(&Dimension::Session).then(|| key.owner.clone());
        let groups = &mut self.groups;
        *self.numbers.entry((labels, owner)).or_insert_with_key(|(labels, owner)| {
            let session = owner.clone().map(|owner| GroupSession {
                owner,
                key: key.session.as_ref().and_then(|name| name.key.clone()),
                session_type: key.session_type,
            });
            groups.push(Group { labels: labels.clone(), session });
            groups.len() - 1
        })
    }
}

/// Which calls count. An empty list lets all pass.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Names of agents.
    pub agents: Vec<String>,
    /// Names of models, with or without the provider in front.
    pub models: Vec<String>,
    /// Types of sessions; `None` is the unknown one.
    pub types: Vec<Option<SessionType>>,
    /// Names of installations.
    pub installations: Vec<String>,
}

impl Filter {
    pub(super) fn allows(&self, key: &UsageKey) -> bool {
        let named = |list: &[String], name: &str| list.is_empty() || list.iter().any(|item| item == name);
        let model = key.model.as_ref();
        named(&self.agents, key.owner.agent.as_str())
            && named(&self.installations, key.owner.installation.as_str())
            && (self.types.is_empty() || self.types.contains(&key.session_type))
            && (self.models.is_empty()
                || model.is_some_and(|model| {
                    self.models.iter().any(|name| **name == *model.model || *name == model.to_string())
                }))
    }
}
