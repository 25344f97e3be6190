//! Who plays: the agents, and the sessions that are there when the demo begins.
//!
//! Only a table. What the sessions did before is in `history.rs`, what they do next in `script.rs`.

use super::models::{GEMINI, GPT, HAIKU, LLAMA, MINI, Model, OPUS, SONNET};

/// The agents of the demo installation.
pub(super) const AGENTS: [&str; 4] = ["forge", "ops", "research", "support"];

/// What a provider says when it refuses.
pub(super) const FAILURES: [&str; 5] = [
    "429 rate limit: this request would exceed the limit of 80,000 input tokens per minute",
    "529 overloaded_error: Overloaded",
    "request timed out",
    "500 internal server error, please retry",
    "429 rate limit reached for requests",
];

/// What a session does when the demo begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// It works, for this many seconds now.
    Runs(i64),
    /// It seems to work, for this many seconds now, but nothing comes.
    Stalls(i64),
    /// Its turn has not come.
    Waits,
    /// Its last run ended well.
    Rests,
    /// Its last run failed with these words.
    Failed(&'static str),
    /// Its last run was stopped.
    Aborted,
    /// It has never run.
    Unused,
}

/// One session at the beginning.
#[derive(Debug)]
pub(super) struct Role {
    pub(super) agent: &'static str,
    /// The key behind `agent:<id>:`, with `*` for a UUID.
    pub(super) scope: &'static str,
    pub(super) label: &'static str,
    pub(super) model: &'static Model,
    /// Per cent of the context window in use.
    pub(super) fill: u64,
    /// What it has cost so far at list prices, roughly.
    pub(super) cents: u64,
    /// Seconds since it last did something.
    pub(super) ago: i64,
    pub(super) part: Part,
    /// The label of the session that spawned it.
    pub(super) parent: Option<&'static str>,
    /// Days since it began.
    pub(super) days: i64,
    /// Minutes between runs of a scheduled job.
    pub(super) every: i64,
}

const fn role(
    agent: &'static str,
    scope: &'static str,
    label: &'static str,
    model: &'static Model,
    (fill, cents): (u64, u64),
    ago: i64,
) -> Role {
    Role { agent, scope, label, model, fill, cents, ago, part: Part::Rests, parent: None, days: 1, every: 0 }
}

impl Role {
    const fn is(self, part: Part) -> Self {
        Self { part, ..self }
    }

    const fn under(self, parent: &'static str) -> Self {
        Self { parent: Some(parent), ..self }
    }

    const fn days(self, days: i64) -> Self {
        Self { days, ..self }
    }

    const fn every(self, every: i64) -> Self {
        Self { every, days: 9, ..self }
    }
}

const RELEASE: &str = "release 2.4 planning";
const INQUIRIES: &str = "한국어 고객 문의 분류";
const OPS_DESK: &str = "ops daily desk";
const SUPPORT_DESK: &str = "고객 지원 데스크";
const PAPERS: &str = "summarise 48 arXiv papers on long-context retrieval into a comparison table with citations";
const BILLING_TESTS: &str = "write integration tests for the billing importer";
const SUBAGENT: &str = "subagent:*";
const CRON: &str = "cron:*";

/// Every session at the beginning; a parent stands before its children.
pub(super) static ROLES: [Role; 40] = [
    role("research", "main", INQUIRIES, &SONNET, (62, 342), 4).is(Part::Runs(95)),
    role("ops", "main", OPS_DESK, &OPUS, (72, 1207), 430).days(6),
    role("forge", "main", RELEASE, &OPUS, (55, 785), 3130).days(5),
    role("support", "main", SUPPORT_DESK, &SONNET, (38, 512), 95).days(4),
    role("forge", "slack:channel:C07Q2RELENG", "#release-eng", &GPT, (24, 96), 1510).days(3),
    role("support", "discord:group:118402", "community questions", &HAIKU, (17, 41), 700).days(7),
    role("support", "telegram:direct:+82-10-5550-0142", "환불 문의 답변", &HAIKU, (9, 12), 5400),
    role("support", "whatsapp:direct:+44-20-5550-0175", "delivery date question", &GPT, (4, 9), 8000)
        .is(Part::Failed("529 overloaded_error: Overloaded")),
    role("research", "direct:reading-group", "literature questions", &GEMINI, (12, 64), 180_000).days(5),
    role("ops", "hook:alertmanager:disk-ops-3", "disk alert on ops-3", &MINI, (6, 2), 2600),
    role("forge", "hook:github:pr-1841", "review of pull request 1841", &SONNET, (29, 88), 15_000).is(Part::Aborted),
    role("forge", SUBAGENT, "refactor webhook retry with exponential back-off and jitter", &OPUS, (91, 4820), 1083)
        .is(Part::Stalls(2472))
        .under(RELEASE)
        .days(9),
    role("forge", SUBAGENT, "review dependency update batch", &SONNET, (21, 64), 6).is(Part::Runs(112)).under(RELEASE),
    role("ops", SUBAGENT, "지표 이상 탐지 알림 정리", &HAIKU, (33, 14), 11).is(Part::Runs(187)).under(OPS_DESK),
    role("research", SUBAGENT, PAPERS, &GEMINI, (78, 280), 60).is(Part::Runs(580)).under(INQUIRIES).days(2),
    role("research", SUBAGENT, "extract tables from 12 PDF appendices", &HAIKU, (27, 11), 14)
        .is(Part::Runs(74))
        .under(PAPERS),
    role("research", SUBAGENT, "주간 보고서 초안 작성 및 출처 확인", &SONNET, (18, 31), 1320).under(INQUIRIES),
    role("research", SUBAGENT, "price comparison of GPU cloud providers, EU regions only", &GEMINI, (31, 144), 68_300)
        .under(INQUIRIES),
    role("research", SUBAGENT, "compare three vector stores", &GPT, (42, 121), 2900)
        .is(Part::Failed("429 rate limit reached for requests"))
        .under(INQUIRIES),
    role("forge", SUBAGENT, BILLING_TESTS, &SONNET, (64, 232), 170).is(Part::Runs(861)).under(RELEASE),
    role("forge", SUBAGENT, "reproduce the flaky rounding test", &HAIKU, (15, 6), 900).under(BILLING_TESTS),
    role("forge", SUBAGENT, "translate release notes to Korean", &SONNET, (0, 0), 12).is(Part::Waits).under(RELEASE),
    role("forge", SUBAGENT, "bisect the memory growth in worker 3", &OPUS, (47, 256), 4100)
        .is(Part::Aborted)
        .under(RELEASE),
    role("ops", SUBAGENT, "draft reply: contract renewal question", &SONNET, (4, 9), 260_000).under(OPS_DESK),
    role("support", SUBAGENT, "FAQ 문서 최신화", &SONNET, (36, 77), 2400).under(SUPPORT_DESK),
    role("support", SUBAGENT, "classify 400 survey answers", &MINI, (52, 22), 20_000).under(SUPPORT_DESK),
    role("ops", CRON, "hourly mailbox sweep", &MINI, (5, 1), 2).is(Part::Runs(38)).every(60),
    role("ops", CRON, "nightly invoice digest", &GPT, (9, 18), 2460)
        .is(Part::Failed("429 rate limit reached for requests"))
        .every(1440),
    role("ops", CRON, "certificate expiry check", &HAIKU, (0, 0), 2100).is(Part::Unused).every(720),
    role("ops", CRON, "backup verification", &MINI, (3, 2), 7500).every(360),
    role("ops", CRON, "on-device log triage", &LLAMA, (44, 60), 93_000).every(2880),
    role("research", CRON, "nightly embeddings rebuild", &MINI, (6, 4), 124).is(Part::Waits).every(1440),
    role("ops", CRON, "queue health probe", &MINI, (4, 6), 260).every(10),
    role("ops", CRON, "결제 오류 로그 요약", &HAIKU, (8, 37), 530).every(10),
    role("support", CRON, "inbox triage", &HAIKU, (11, 52), 380).every(15),
    role("ops", CRON, "error budget check", &MINI, (5, 8), 740).every(15),
    role("forge", CRON, "dependency advisory scan", &HAIKU, (14, 63), 980).every(30),
    role("research", CRON, "new papers watch", &SONNET, (10, 118), 1420).every(30),
    role("support", CRON, "미응답 문의 알림", &MINI, (4, 5), 170).every(30),
    role("forge", CRON, "stale branch report", &MINI, (7, 11), 3300).every(60),
];

/// What is asked for once the demo runs: the agent and the label of a subagent.
pub(super) const ERRANDS: [(&str, &str); 26] = [
    ("forge", "add a regression test for invoice rounding"),
    ("forge", "rename the feature flags of the checkout"),
    ("forge", "find unused columns in the orders schema"),
    ("forge", "update the changelog for 2.4.1"),
    ("forge", "profile the slow start of worker 2"),
    ("forge", "한국어 오류 메시지 교정"),
    ("forge", "split the importer into two modules"),
    ("forge", "check licences of 14 new packages"),
    ("ops", "rotate the staging certificates"),
    ("ops", "summarise last night's pages"),
    ("ops", "야간 배치 실패 원인 조사"),
    ("ops", "compare disk growth with last month"),
    ("ops", "draft the post-mortem of the DNS outage"),
    ("ops", "백업 복구 절차 점검"),
    ("research", "check citations of the retrieval survey"),
    ("research", "경쟁사 요금제 비교표 작성"),
    ("research", "collect benchmarks of small rerankers"),
    ("research", "read 9 papers on cache eviction"),
    ("research", "논문 요약 번역"),
    ("research", "estimate the market for edge inference"),
    ("support", "draft answers to 12 refund requests"),
    ("support", "고객 리뷰 감성 분류"),
    ("support", "find duplicates among open tickets"),
    ("support", "배송 지연 안내문 작성"),
    ("support", "translate the onboarding mail to Korean"),
    ("support", "group 200 tickets by cause"),
];
