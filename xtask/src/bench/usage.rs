//! Questions to a ledger with a year of calls. Every answer is held against what was written.

use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::client::Connection;
use super::server::Server;
use super::time::{DAY_MS, date, parse};
use super::year::{MODELS, Sums, Year, agent_name};
use super::{Row, median};

/// Questions of a kind, each of them another one, so that no kept answer helps.
const QUESTIONS: usize = 50;
/// Zones in which nobody asked before. Whole hours from UTC, as the truth is kept by the hour.
const ZONES: [[&str; 5]; 2] = [
    ["Asia/Seoul", "America/New_York", "Europe/Berlin", "Asia/Shanghai", "America/Los_Angeles"],
    ["Europe/London", "Asia/Singapore", "America/Chicago", "Europe/Athens", "Australia/Brisbane"],
];

/// What took how long: seconds of CPU on the server, seconds until the answer was there.
struct Took {
    cpu: f64,
    elapsed: f64,
}

/// The rows, from a server that rests.
pub fn rows(server: &mut Server, year: &Year) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    let kinds =
        [("90 days by agent and model", 90, "&by=agent,model", "≤ 10 ms"), ("a year by day", 365, "", "≤ 30 ms")];
    for ((what, days, by, limit), zones) in kinds.into_iter().zip(ZONES) {
        let from = date(year.made_at - (days - 1) * DAY_MS);
        let path = format!("/api/usage?bucket=day&from={from}&to={}{by}", date(year.made_at));
        let what = format!("{what} over 1 M calls: server time");
        let mut asking = Asking { connection: Connection::open(&server.address)?, server, year, days };
        let first =
            zones.iter().map(|zone| asking.checked(&format!("{path}&tz={zone}"))).collect::<Result<Vec<_>>>()?;
        asking.checked(&format!("{path}&tz=UTC"))?;
        let next = asking.many(&path, "")?;
        rows.push(Row::new(format!("{what}, mean of {QUESTIONS} questions"), limit, told(&next)));
        rows.push(Row::new(
            format!("{what}, first question in a time zone, median of {}", first.len()),
            "–",
            told(&Took {
                cpu: median(first.iter().map(|took| took.cpu).collect()),
                elapsed: median(first.iter().map(|took| took.elapsed).collect()),
            }),
        ));
        let packed = asking.many(&path, "accept-encoding: br\r\n")?;
        rows.push(Row::new(format!("{what}, packed with Brotli for a browser"), "–", told(&packed)));
    }
    Ok(rows)
}

fn told(took: &Took) -> String {
    format!("{:.1} CPU-ms, {:.1} ms elapsed (median)", took.cpu * 1000.0, took.elapsed * 1000.0)
}

struct Asking<'a> {
    server: &'a mut Server,
    connection: Connection,
    year: &'a Year,
    days: i64,
}

impl Asking<'_> {
    /// One question, with every figure of its answer checked.
    fn checked(&mut self, path: &str) -> Result<Took> {
        let (began, before) = (Instant::now(), self.server.fine_cpu()?);
        let (status, _, body) = self.connection.ask(path, "")?;
        let took = Took { elapsed: began.elapsed().as_secs_f64(), cpu: self.server.fine_cpu()? - before };
        ensure!(status == 200, "{path}: status {status}");
        self.check(&serde_json::from_slice(&body)?).with_context(|| path.to_owned())?;
        Ok(took)
    }

    /// Many questions in UTC. They differ in how many groups may be listed, which none reaches.
    fn many(&mut self, path: &str, extra: &str) -> Result<Took> {
        let mut elapsed = Vec::new();
        let before = self.server.fine_cpu()?;
        for question in 0..QUESTIONS {
            let path = format!("{path}&tz=UTC&limit={}", 1000 + question + extra.len() * QUESTIONS);
            let began = Instant::now();
            let (status, head, body) = self.connection.ask(&path, extra)?;
            elapsed.push(began.elapsed().as_secs_f64());
            ensure!(status == 200, "{path}: status {status}");
            if extra.is_empty() {
                self.check_totals(&serde_json::from_slice(&body)?).with_context(|| path.clone())?;
            } else {
                // What is packed is what the same question in plain gives; only that it was packed is checked.
                ensure!(
                    head.iter().any(|line| line == "content-encoding: br") && !body.is_empty(),
                    "{path}: not packed"
                );
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "a small number")]
        let cpu = (self.server.fine_cpu()? - before) / QUESTIONS as f64;
        Ok(Took { cpu, elapsed: median(elapsed) })
    }

    fn check_totals(&self, answer: &Value) -> Result<()> {
        let range = (time(&answer["from"])?, time(&answer["to"])?);
        let truth = self.year.between(range.0, range.1);
        let totals = figures(&answer["totals"]);
        ensure!(totals == truth, "the totals are {totals:?} and not {truth:?}");
        ensure!(answer["totals"]["cost"].as_f64() > Some(0.0), "there is no cost");
        ensure!(answer["unpricedModels"] == serde_json::json!([]), "models without a price");
        Ok(())
    }

    fn check(&self, answer: &Value) -> Result<()> {
        self.check_totals(answer)?;
        let list = |name: &str| answer[name].as_array().with_context(|| format!("no {name}"));
        let (groups, buckets) = (list("groups")?, list("buckets")?);
        ensure!(i64::try_from(buckets.len())? == self.days, "{} buckets", buckets.len());
        let by_model = answer["by"] == serde_json::json!(["agent", "model"]);
        for bucket in buckets {
            let (start, end) = (time(&bucket["start"])?, time(&bucket["end"])?);
            let truth = self.year.between(start, end);
            let totals = figures(&bucket["totals"]);
            ensure!(totals == truth, "{}: {totals:?} and not {truth:?}", bucket["start"]);
            let values = bucket["values"].as_array().context("no values")?;
            let mut calls = 0;
            for value in values {
                let sums = figures(value);
                calls += sums[0];
                // The truth by agent and model is that of UTC days.
                if by_model && answer["tz"] == "UTC" {
                    let group = value["group"].as_u64().and_then(|group| groups.get(usize::try_from(group).ok()?));
                    let (agent, model) = numbers(group.context("no such group")?)?;
                    let truth = self.year.on(start, agent, model);
                    ensure!(sums == truth, "{} {group:?}: {sums:?} and not {truth:?}", bucket["start"]);
                }
            }
            ensure!(calls == truth[0], "{}: the groups have {calls} calls of {}", bucket["start"], truth[0]);
        }
        Ok(())
    }
}

fn time(value: &Value) -> Result<i64> {
    parse(value.as_str().context("no time")?)
}

fn figures(value: &Value) -> Sums {
    ["calls", "errors", "inputTokens", "outputTokens", "cacheReadTokens", "cacheWriteTokens"]
        .map(|name| value[name].as_u64().unwrap_or_default())
}

/// The numbers of a group's agent and model.
fn numbers(group: &Value) -> Result<(usize, usize)> {
    let agent = (0..super::year::AGENTS).find(|agent| group["agent"] == agent_name(*agent));
    let model = MODELS.iter().position(|(_, model)| group["model"] == *model);
    agent.zip(model).with_context(|| format!("unknown group {group}"))
}
