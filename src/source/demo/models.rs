//! The models of the demo: window, list prices, and what one call of a model uses and costs.
//!
//! The rates are those of the embedded price list; they are repeated here because the simulator
//! plays OpenClaw, which records costs by its own configuration and not by ours.

use super::random::Random;
use crate::domain::money::Money;
use crate::domain::pricing::Rates;
use crate::domain::usage::TokenUsage;

/// How a provider caches prompts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cache {
    /// Written on request and billed for it.
    Written,
    /// Kept by the provider, free to write.
    Automatic,
    /// Not at all.
    None,
}

/// A model.
#[derive(Debug)]
pub(super) struct Model {
    pub(super) provider: &'static str,
    pub(super) name: &'static str,
    /// Tokens.
    pub(super) window: u64,
    rates: Option<Rates>,
    /// Prompts above this many tokens have other rates.
    long: Option<(u64, Rates)>,
    cache: Cache,
}

/// Rates from dollars per million tokens times 1,000.
const fn rates(input: u64, output: u64, cache_read: u64, cache_write: u64) -> Rates {
    Rates { input: input * 1000, output: output * 1000, cache_read: cache_read * 1000, cache_write: cache_write * 1000 }
}

const fn anthropic(name: &'static str, rates: Rates) -> Model {
    Model { provider: "anthropic", name, window: 200_000, rates: Some(rates), long: None, cache: Cache::Written }
}

const fn openai(name: &'static str, rates: Rates) -> Model {
    Model { provider: "openai", name, window: 272_000, rates: Some(rates), long: None, cache: Cache::Automatic }
}

pub(super) static OPUS: Model = anthropic("claude-opus-4-5", rates(5_000, 25_000, 500, 6_250));
pub(super) static SONNET: Model = anthropic("claude-sonnet-4-5", rates(3_000, 15_000, 300, 3_750));
pub(super) static HAIKU: Model = anthropic("claude-haiku-4-5", rates(1_000, 5_000, 100, 1_250));
pub(super) static GPT: Model = openai("gpt-5.2", rates(1_750, 14_000, 175, 1_750));
pub(super) static MINI: Model = openai("gpt-5-mini", rates(250, 2_000, 25, 250));
pub(super) static GEMINI: Model = Model {
    provider: "google",
    name: "gemini-3.1-pro-preview",
    window: 1_048_576,
    rates: Some(rates(2_000, 12_000, 200, 2_000)),
    long: Some((200_000, rates(4_000, 18_000, 400, 4_000))),
    cache: Cache::Automatic,
};
/// The one that no list knows a price of.
pub(super) static LLAMA: Model =
    Model { provider: "local", name: "llama-4-scout-q4", window: 131_072, rates: None, long: None, cache: Cache::None };

impl Model {
    /// What the tokens cost at list prices.
    pub(super) fn cost(&self, usage: &TokenUsage) -> Option<Money> {
        let long = self.long.filter(|(above, _)| usage.prompt() > *above).map(|(_, rates)| rates);
        long.or(self.rates).map(|rates| rates.cost(usage))
    }

    /// How many tokens a call adds to the context; models with large windows are given larger papers.
    pub(super) fn growth(&self, random: &mut Random) -> u64 {
        let tokens = if random.chance(7) { random.between(4_000, 9_000) } else { random.between(250, 2_600) };
        if self.window > 500_000 { tokens * 3 } else { tokens }
    }

    /// The tokens of a call whose prompt grows from `before` to `after`.
    /// A cold call finds nothing in the cache: the first one, and those after a pause or a compaction.
    pub(super) fn usage(&self, before: u64, after: u64, cold: bool, random: &mut Random) -> TokenUsage {
        let kept = if cold { 0 } else { before.min(after) };
        let output = if random.chance(6) { random.between(900, 2_800) } else { random.between(90, 620) };
        match self.cache {
            Cache::Written => {
                let input = random.between(3, 60).min(after - kept);
                TokenUsage { input, output, cache_read: kept, cache_write: after - kept - input }
            }
            Cache::Automatic => {
                // Providers count cached prompts in blocks.
                let cache_read = kept / 128 * 128;
                TokenUsage { input: after - cache_read, output, cache_read, cache_write: 0 }
            }
            Cache::None => TokenUsage { input: after, output, ..TokenUsage::default() },
        }
    }
}

static OF_FORGE: [&Model; 7] = [&SONNET, &SONNET, &SONNET, &HAIKU, &HAIKU, &GPT, &OPUS];
static OF_OPS: [&Model; 6] = [&MINI, &MINI, &HAIKU, &HAIKU, &SONNET, &LLAMA];
static OF_RESEARCH: [&Model; 5] = [&GEMINI, &SONNET, &SONNET, &GPT, &HAIKU];
static OF_SUPPORT: [&Model; 5] = [&HAIKU, &HAIKU, &MINI, &MINI, &SONNET];

/// One of the models that an agent uses, the usual ones more often.
pub(super) fn usual(agent: &str, random: &mut Random) -> &'static Model {
    let models: &[&Model] = match agent {
        "forge" => &OF_FORGE,
        "ops" => &OF_OPS,
        "research" => &OF_RESEARCH,
        _ => &OF_SUPPORT,
    };
    random.pick(models).unwrap_or(models[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_costs_what_the_list_says() {
        let usage = TokenUsage { input: 1000, output: 2000, ..TokenUsage::default() };
        assert_eq!(OPUS.cost(&usage), Money::from_recorded_dollars(0.055));
        let long = TokenUsage { input: 200_001, ..TokenUsage::default() };
        assert_eq!(GEMINI.cost(&long), Money::from_recorded_dollars(0.800_004));
        assert_eq!(LLAMA.cost(&usage), None);
    }

    #[test]
    fn the_prompt_is_the_context() {
        let mut random = Random::new(1, 0);
        for model in [&OPUS, &GPT, &GEMINI, &LLAMA] {
            for (before, after, cold) in [(0, 9000, true), (9000, 9001, false), (9000, 12_000, false)] {
                assert_eq!(model.usage(before, after, cold, &mut random).prompt(), after, "{}", model.name);
            }
        }
    }
}
