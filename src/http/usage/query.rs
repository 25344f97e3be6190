//! The query of `GET /api/usage`: every parameter checked, all mistakes named at once.

use jiff::tz::TimeZone;
use utoipa::IntoParams;

use crate::domain::pricing::PriceBasis;
use crate::domain::series::{Dimension, Last, Moment, Question, Start, Step};
use crate::domain::session::SessionType;
use crate::http::error::ApiError;
use crate::http::query::{basis, list, number, pairs, words, zone};

/// So many days are shown where the query names no start.
const DAYS: i32 = 30;

const ALLOWED: &str = "from, to, bucket, by, tz, basis, agent, model, type, installation, limit";

/// The query as the OpenAPI document shows it.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the document is made from it; `UsageQuery` is what reads a query")]
pub(super) struct UsageParameters {
    /// First day (`YYYY-MM-DD` in `tz`), a time in RFC 3339, or `all`; the last 30 days unless said otherwise.
    from: Option<String>,
    /// Last day (it belongs to the range), or a time in RFC 3339 (it does not); today unless said otherwise.
    to: Option<String>,
    /// `hour`, `day`, `week`, `month` or `total`; `day` unless said otherwise.
    bucket: Option<String>,
    /// Comma list of `agent`, `model`, `provider`, `type`, `session`, `installation`: columns of the CSV.
    by: Option<String>,
    /// IANA time zone in which buckets begin.
    tz: Option<String>,
    /// `auto`, `list`, `recorded` or `reference`.
    basis: Option<String>,
    /// Comma list of agents.
    agent: Option<String>,
    /// Comma list of models.
    model: Option<String>,
    /// Comma list of `main`, `subagent`, `cron`, `unknown`.
    r#type: Option<String>,
    /// Comma list of installations.
    installation: Option<String>,
    /// How many groups are listed, the dearest first.
    limit: Option<u64>,
}

/// What is asked for.
#[derive(Debug)]
pub(super) struct UsageQuery {
    pub(super) from: Start,
    pub(super) to: Option<Moment>,
    pub(super) step: Step,
    pub(super) zone: Option<TimeZone>,
    pub(super) basis: Option<PriceBasis>,
    pub(super) question: Question,
}

impl UsageQuery {
    pub(super) fn read(query: &str) -> Result<Self, ApiError> {
        let mut read = Self {
            from: Start::Last(Last::days(DAYS)),
            to: None,
            step: Step::Day,
            zone: None,
            basis: None,
            question: Question::default(),
        };
        let mut errors = Vec::new();
        let mut seen: Vec<String> = Vec::new();
        for (name, value) in pairs(query) {
            if seen.contains(&name) {
                errors.push(format!("Parameter '{name}' stands twice."));
                continue;
            }
            match read.set(&name, &value) {
                None => errors.push(format!("There is no parameter '{name}'; there are {ALLOWED}.")),
                Some(Err(allowed)) => {
                    errors.push(format!("'{value}' is not allowed for '{name}'; it must be {allowed}."));
                }
                Some(Ok(())) => {}
            }
            seen.push(name);
        }
        if errors.is_empty() { Ok(read) } else { Err(ApiError::BadQuery(errors)) }
    }

    /// Takes a value, or says what is allowed; `None` when there is no such parameter.
    fn set(&mut self, name: &str, value: &str) -> Option<Result<(), String>> {
        let (question, filter) = (&mut self.question, list(value));
        Some(match name {
            "from" if value == "all" => put(&mut self.from, Ok(Start::First)),
            "from" => put(&mut self.from, moment(value).map(Start::At).map_err(|allowed| format!("all, {allowed}"))),
            "to" => put(&mut self.to, moment(value).map(Some)),
            "bucket" => put(&mut self.step, step(value)),
            "by" => put(&mut question.dimensions, dimensions(value)),
            "tz" => put(&mut self.zone, zone(value).map(Some)),
            "basis" => put(&mut self.basis, basis(value).map(Some)),
            "agent" => put(&mut question.filter.agents, Ok(filter)),
            "model" => put(&mut question.filter.models, Ok(filter)),
            "installation" => put(&mut question.filter.installations, Ok(filter)),
            "type" => put(&mut question.filter.types, types(value)),
            "limit" => put(&mut question.limit, number(value, 0, 100_000).map(|limit| usize::try_from(limit).ok())),
            _ => return None,
        })
    }
}

fn put<T>(place: &mut T, value: Result<T, String>) -> Result<(), String> {
    value.map(|value| *place = value)
}

fn moment(value: &str) -> Result<Moment, String> {
    // The + of an offset means a space where nobody escaped it.
    Moment::parse(&value.replace(' ', "+")).ok_or_else(|| Moment::ALLOWED.to_owned())
}

fn step(value: &str) -> Result<Step, String> {
    Step::ALL.into_iter().find(|step| step.word() == value).ok_or_else(|| "hour, day, week, month or total".to_owned())
}

/// What is kept apart, each once, in the order asked for.
pub fn dimensions(value: &str) -> Result<Vec<Dimension>, String> {
    let mut found: Vec<Dimension> = Vec::new();
    for dimension in words(value, &Dimension::ALL, Dimension::word)? {
        if !found.contains(&dimension) {
            found.push(dimension);
        }
    }
    Ok(found)
}

fn types(value: &str) -> Result<Vec<Option<SessionType>>, String> {
    let [main, subagent, cron] = SessionType::ALL.map(Some);
    words(value, &[main, subagent, cron, None], |one| one.map_or("unknown", SessionType::word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_mistakes_are_named_at_once() {
        let query = "from=yesterday&to=2026-02-30&bucket=year&by=agent,colour&tz=Mars&basis=guess&type=x&limit=-1&page=2&agent=a&agent=b";
        let Err(ApiError::BadQuery(errors)) = UsageQuery::read(query) else { panic!("refused") };
        assert_eq!(errors.len(), 10, "{errors:#?}");
        assert!(errors[0].contains("'yesterday'") && errors[0].contains("all, a day"), "{}", errors[0]);
        assert!(errors[3].contains("agent, model, provider, type, session, installation"));
        assert!(errors[6].contains("main, subagent, cron, unknown"));
        assert!(errors[8].contains("'page'") && errors[9].contains("twice"));
    }

    #[test]
    fn times_survive_a_plus_that_nobody_escaped() {
        for text in ["from=2026-11-24T09:00:00+09:00", "from=2026-11-24T09:00:00%2B09:00", "from=2026-11-24T00:00:00Z"]
        {
            let read = UsageQuery::read(text).expect("fine");
            assert_eq!(read.from, Start::At(Moment::Instant(1_795_478_400_000)), "{text}");
        }
    }

    #[test]
    fn dimensions_stand_once_in_the_order_asked_for() {
        let read = UsageQuery::read("by=model,agent,model").expect("fine");
        assert_eq!(read.question.dimensions, [Dimension::Model, Dimension::Agent]);
    }
}
