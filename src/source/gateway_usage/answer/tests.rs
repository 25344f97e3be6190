//! Recorded answers of real gateways, and answers that are odd.

use super::*;

const NOW: Millis = 1_795_800_000_000;

fn totals(text: &str) -> OpenClawTotals {
    read(text.as_bytes()).expect("an answer").totals(NOW)
}

/// A recorded answer, so long after it was made.
fn recorded(version: &str, age: Millis) -> OpenClawTotals {
    let path = format!("{}/fixtures/openclaw/{version}/gateway-usage.json", env!("CARGO_MANIFEST_DIR"));
    let answer = read(&std::fs::read(path).unwrap()).unwrap();
    let made_at = answer.updated_at.0.unwrap();
    answer.totals(made_at + age)
}

#[test]
fn recorded_answers_of_real_gateways_are_read() {
    // Input, output, cache read, cache write, nano-dollars, calls without a cost: as the mock provider reported them.
    type Agent = (&'static str, [u64; 4], i64, u64);
    let all: [(&str, [Agent; 4], usize); 2] = [
        (
            "2026.5.28",
            [
                ("bare", [4000, 400, 0, 0], 0, 1),
                ("main", [3300, 101, 400, 0], 19_225_000, 0),
                ("ops", [2633, 143, 19, 0], 3_206_900, 0),
                ("research", [970, 28, 300, 150], 3_982_500, 0),
            ],
            8,
        ),
        (
            "2026.9.6",
            [
                ("bare", [4000, 400, 0, 0], 0, 1),
                ("main", [3320, 101, 400, 0], 19_325_000, 0),
                ("ops", [2633, 143, 19, 0], 3_206_900, 0),
                ("research", [970, 28, 300, 150], 3_982_500, 0),
            ],
            7,
        ),
    ];
    for (version, agents, transcripts) in all {
        let totals = recorded(version, 1000);
        assert!(totals.is_whole && !recorded(version, 32_000).is_whole, "{version}: an old answer is not whole");
        assert_eq!(totals.transcripts.len(), transcripts, "{version}");
        let read: Vec<Agent> = totals
            .agents
            .iter()
            .zip(agents)
            .map(|((agent, figures), (name, ..))| {
                assert_eq!(agent.as_str(), name);
                let TokenUsage { input, output, cache_read, cache_write } = figures.usage;
                (name, [input, output, cache_read, cache_write], figures.cost.nanos(), figures.calls_without_cost)
            })
            .collect();
        assert_eq!(read, agents, "{version}");
        let mut sum = TokenUsage::default();
        totals.transcripts.iter().for_each(|(.., usage)| sum += *usage);
        let mut by_agent = TokenUsage::default();
        totals.agents.values().for_each(|figures| by_agent += figures.usage);
        assert_eq!(sum, by_agent, "{version}");
    }
}

#[test]
fn odd_values_cost_only_themselves() {
    let odd = totals(
        r#"{"sessions": [5, {"agentId": "a", "sessionId": "s", "usage": null}, {"agentId": "a", "sessionId": "t",
            "usage": {"input": 7, "output": "x", "cacheRead": -1}}, {"sessionId": "u"}],
            "aggregates": {"byAgent": [null, {"agentId": "a", "totals": {"input": 3e12, "totalCost": "free"}}, {"totals": {}}]},
            "cacheStatus": {"status": "refreshing"}, "updatedAt": 99999999999999}"#,
    );
    assert_eq!(odd.asked_at, NOW, "a time ahead is now");
    assert!(!odd.is_whole);
    let tokens: Vec<u64> = odd.transcripts.iter().map(|(.., usage)| usage.total()).collect();
    assert_eq!(tokens, [0, 7]);
    assert_eq!(odd.agents[&AgentId::from("a")].usage.input, 3_000_000_000_000);
    for bare in [r#"{"sessions": []}"#, r#"{"sessions": [], "aggregates": 3, "cacheStatus": []}"#] {
        assert_eq!(totals(bare), OpenClawTotals { asked_at: NOW, is_whole: true, ..OpenClawTotals::default() });
    }
}

#[test]
fn what_is_no_answer_is_none() {
    for text in ["", "[]", "{}", r#"{"sessions": 3}"#, r#"{"sessions": [{"#] {
        assert!(read(text.as_bytes()).is_none(), "{text}");
    }
}
