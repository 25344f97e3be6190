//! Finds a model in the price list although it is spelled differently there.
//!
//! Providers, resellers and releases write one model in many ways: in a path, with a region,
//! dated, with dots for dashes. Only such decoration is taken away; what is left must be equal.
//! Deliberately absent: prefixes, similarity, or any other guess. `gpt-5` is not `gpt-5-mini`.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use super::{ModelPrice, PriceOrigin, Rates};
use crate::domain::ModelRef;

/// Names under which OpenClaw and others know the providers of the list.
const PROVIDER_ALIASES: [(&str, &str); 31] = [
    ("alibaba", "qwen"),
    ("aws-bedrock", "amazon-bedrock"),
    ("bedrock", "amazon-bedrock"),
    ("claude-cli", "anthropic"),
    ("codex", "openai"),
    ("codex-cli", "openai"),
    ("dashscope", "qwen"),
    ("gemini", "google"),
    ("gemini-cli", "google"),
    ("glm", "zai"),
    ("google-antigravity", "google"),
    ("google-gemini-cli", "google"),
    ("google-vertex", "google"),
    ("grok", "xai"),
    ("kimi", "moonshot"),
    ("kimi-code", "moonshot"),
    ("kimi-coding", "moonshot"),
    ("minimax-portal", "minimax"),
    ("mistralai", "mistral"),
    ("modelstudio", "qwen"),
    ("moonshotai", "moonshot"),
    ("openai-codex", "openai"),
    ("openai-responses", "openai"),
    ("qwen-portal", "qwen"),
    ("together-ai", "together"),
    ("together_ai", "together"),
    ("togetherai", "together"),
    ("vertex", "google"),
    ("x-ai", "xai"),
    ("xiaomi_mimo", "xiaomi"),
    ("z-ai", "zai"),
];

/// How the names of a maker's models begin. It decides who is asked first, never whether names match.
const MAKERS: [(&str, &str); 26] = [
    ("c4ai", "cohere"),
    ("chatgpt", "openai"),
    ("claude", "anthropic"),
    ("codestral", "mistral"),
    ("command", "cohere"),
    ("deepseek", "deepseek"),
    ("devstral", "mistral"),
    ("gemini", "google"),
    ("gemma", "google"),
    ("glm", "zai"),
    ("gpt", "openai"),
    ("grok", "xai"),
    ("kimi", "moonshot"),
    ("magistral", "mistral"),
    ("mimo", "xiaomi"),
    ("minimax", "minimax"),
    ("ministral", "mistral"),
    ("mistral", "mistral"),
    ("moonshot", "moonshot"),
    ("muse", "meta"),
    ("o1", "openai"),
    ("o3", "openai"),
    ("o4", "openai"),
    ("qwen", "qwen"),
    ("qwq", "qwen"),
    ("sonar", "perplexity"),
];

/// Providers that host other makers' models at prices of their own, which say nothing about anybody else's.
const HOSTS: [&str; 4] = ["cerebras", "groq", "perplexity", "together"];

/// Providers that run models on the user's machines: no list price holds there.
const LOCAL: [&str; 10] =
    ["jan", "llama-cpp", "llama.cpp", "llamacpp", "lm-studio", "lmstudio", "local", "mlx", "ollama", "vllm"];

/// Where Bedrock's names begin with a region, and its prices may differ.
const REGIONS: [&str; 8] = ["apac.", "au.", "ca.", "eu.", "global.", "jp.", "us-gov.", "us."];

/// More names than anybody calls; beyond it answers are found anew each time.
const MAX_REMEMBERED: usize = 4096;

/// The price list, by every spelling.
#[derive(Clone, Debug)]
pub(super) struct ListIndex {
    prices: Vec<(ModelRef, ModelPrice)>,
    verbatim: HashMap<ModelRef, usize>,
    /// By `provider/name` in each spelling, and by `/name` for other providers.
    spelled: HashMap<String, usize>,
    free: ModelPrice,
    /// Answers for names that are not in the list to the letter. The list never changes, so
    /// copies of it may share them.
    remembered: Arc<RwLock<HashMap<ModelRef, Answer>>>,
}

/// What the list says about a name.
#[derive(Clone, Copy, Debug)]
enum Answer {
    Listed(usize),
    Free,
    Unknown,
}

/// Which of several entries with one spelling is meant, the smallest first: the maker's, the
/// least changed name, the one without a region, the newest date.
type Rank<'a> = (u8, usize, bool, Reverse<&'a str>);

impl ListIndex {
    pub(super) fn new(prices: Vec<(ModelRef, ModelPrice)>) -> Self {
        let mut ranked: HashMap<String, (Rank<'_>, usize)> = HashMap::new();
        let mut offer = |key: String, rank, i| {
            let best = ranked.entry(key).or_insert((rank, i));
            *best = (*best).min((rank, i));
        };
        for (i, (model, _)) in prices.iter().enumerate() {
            let provider = canonical_provider(&model.provider);
            let regional = REGIONS.iter().any(|region| *region != "global." && model.model.starts_with(region));
            let is_pointer = model.model.ends_with("-latest");
            for (changes, name) in spellings(&model.model).into_iter().enumerate() {
                if is_pointer && !name.ends_with("-latest") {
                    // `x` may be called `x-latest`, but `chat-latest` says nothing about `chat`.
                    continue;
                }
                let rank = (0, changes, regional, Reverse(&*model.model));
                offer(format!("{provider}/{name}"), rank, i);
                let is_direct = !regional && !HOSTS.contains(&&*provider);
                if is_direct || is_maker(&provider, &name) {
                    let rank = (distance(&provider, &name), changes, regional, Reverse(&*model.model));
                    offer(format!("/{name}"), rank, i);
                }
            }
        }
        let spelled = ranked.into_iter().map(|(key, (_, i))| (key, i)).collect();
        let verbatim = prices.iter().enumerate().map(|(i, (model, _))| (model.clone(), i)).collect();
        let free =
            ModelPrice { rates: Rates::default(), tiers: vec![], context_window: None, origin: PriceOrigin::Embedded };
        Self { prices, verbatim, spelled, free, remembered: Arc::default() }
    }

    pub(super) fn prices(&self) -> &[(ModelRef, ModelPrice)] {
        &self.prices
    }

    pub(super) fn find(&self, model: &ModelRef) -> Option<&ModelPrice> {
        let answer = match self.verbatim.get(model) {
            Some(i) => Answer::Listed(*i),
            None => self.remember(model),
        };
        match answer {
            Answer::Listed(i) => Some(&self.prices[i].1),
            Answer::Free => Some(&self.free),
            Answer::Unknown => None,
        }
    }

    /// The answer for a name not in the list to the letter, worked out once.
    fn remember(&self, model: &ModelRef) -> Answer {
        let known = self.remembered.read().unwrap_or_else(PoisonError::into_inner).get(model).copied();
        known.unwrap_or_else(|| {
            let answer = self.work_out(model);
            let mut remembered = self.remembered.write().unwrap_or_else(PoisonError::into_inner);
            if remembered.len() < MAX_REMEMBERED {
                remembered.insert(model.clone(), answer);
            }
            answer
        })
    }

    fn work_out(&self, model: &ModelRef) -> Answer {
        let mut provider = canonical_provider(&model.provider);
        let mut name = &*model.model;
        if provider.is_empty()
            && let Some((first, rest)) = name.split_once('/')
        {
            provider = canonical_provider(first);
            name = rest;
        }
        if name.ends_with(":free") {
            // OpenRouter's free variants; what others mean by it is not known.
            let is_free = provider == "openrouter" || name.starts_with("openrouter/");
            return if is_free { Answer::Free } else { Answer::Unknown };
        }
        let names = spellings(name);
        let listed = |provider: &str| names.iter().find_map(|name| self.spelled.get(&format!("{provider}/{name}")));
        let found = listed(&provider).or_else(|| if LOCAL.contains(&&*provider) { None } else { listed("") });
        found.map_or(Answer::Unknown, |i| Answer::Listed(*i))
    }
}

/// How far a provider is from the maker of a model.
fn distance(provider: &str, name: &str) -> u8 {
    match provider {
        _ if is_maker(provider, name) => 0,
        "amazon-bedrock" => 2,
        _ => 1,
    }
}

fn is_maker(provider: &str, name: &str) -> bool {
    MAKERS.iter().any(|(prefix, maker)| *maker == provider && name.starts_with(prefix))
}

fn canonical_provider(provider: &str) -> String {
    let lower = provider.to_ascii_lowercase();
    match PROVIDER_ALIASES.iter().find(|(alias, _)| *alias == lower) {
        Some((_, name)) => (*name).to_owned(),
        None => lower,
    }
}

/// A model's name with less and less decoration: whole, without path, without region, without date.
fn spellings(name: &str) -> Vec<String> {
    let lower = name.to_ascii_lowercase();
    let last = lower.rsplit('/').next().unwrap_or(&lower);
    let local = without_region(last);
    let bare = without_suffixes(local, local.len() < last.len());
    let mut names: Vec<String> = Vec::with_capacity(4);
    for spelling in [&lower, last, local, bare] {
        let dashed = spelling.replace('.', "-");
        if !dashed.is_empty() && names.last() != Some(&dashed) {
            names.push(dashed);
        }
    }
    names
}

/// `us.anthropic.claude-x` is `claude-x`: Bedrock's region and maker.
fn without_region(name: &str) -> &str {
    let name = REGIONS.iter().find_map(|region| name.strip_prefix(region)).unwrap_or(name);
    name.strip_prefix("anthropic.").unwrap_or(name)
}

/// Takes away what names a release or a way to call, not another model.
fn without_suffixes(mut name: &str, on_bedrock: bool) -> &str {
    for suffix in [":thinking", ":beta", "@default", "@latest", "-latest"] {
        name = name.strip_suffix(suffix).unwrap_or(name);
    }
    name = without_version(name, on_bedrock);
    without_date(name)
}

/// Bedrock's `-v1:0`, and its `-v1` where it is clear that Bedrock is speaking.
fn without_version(name: &str, on_bedrock: bool) -> &str {
    let Some((rest, version)) = name.rsplit_once("-v") else { return name };
    let is_version = match version.split_once(':') {
        Some((major, minor)) => is_number(major) && is_number(minor),
        None => on_bedrock && is_number(version),
    };
    // `claude-v2:1` has no other number: there it is the model's.
    let is_numbered = rest.bytes().any(|b| b.is_ascii_digit());
    if is_version && is_numbered { rest } else { name }
}

/// `-20251101`, `@20251101` and `-2025-11-01`.
fn without_date(name: &str) -> &str {
    let Some(start) = name.len().checked_sub(9) else { return name };
    if let Some((rest, date)) = name.split_at_checked(start)
        && date.starts_with(['-', '@'])
        && is_number(&date[1..])
        && date[1..].starts_with("20")
    {
        return rest;
    }
    let Some(start) = name.len().checked_sub(11) else { return name };
    match name.split_at_checked(start) {
        Some((rest, date)) if is_dashed_date(date.as_bytes()) => rest,
        _ => name,
    }
}

fn is_dashed_date(text: &[u8]) -> bool {
    text.starts_with(b"-20")
        && text.iter().enumerate().all(|(i, b)| if [0, 5, 8].contains(&i) { *b == b'-' } else { b.is_ascii_digit() })
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decoration_is_taken_away() {
        for (name, bare) in [
            ("claude-opus-4-5-20251101", "claude-opus-4-5"),
            ("Claude-Opus-4.5", "claude-opus-4-5"),
            ("claude-opus-4-5@20251101", "claude-opus-4-5"),
            ("claude-opus-4-6@default", "claude-opus-4-6"),
            ("us.anthropic.claude-opus-4-5-20251101-v1:0", "claude-opus-4-5"),
            ("global.anthropic.claude-opus-4-6-v1", "claude-opus-4-6"),
            ("openrouter/anthropic/claude-opus-4.5:thinking", "claude-opus-4-5"),
            ("models/gemini-2.5-pro", "gemini-2-5-pro"),
            ("gpt-4o-2024-05-13", "gpt-4o"),
            ("claude-3-5-sonnet-latest", "claude-3-5-sonnet"),
            ("anthropic.claude-v2:1", "claude-v2:1"),
        ] {
            assert_eq!(spellings(name).last().map(String::as_str), Some(bare), "{name}");
        }
    }

    #[test]
    fn what_names_another_model_stays() {
        for name in [
            "gpt-5-mini",
            "moonshot-v1-128k",
            "deepseek-v3",
            "grok-4-20-0309",
            "qwen3:8b",
            "x:free",
            "gpt-4-1106-preview",
            "claude-opus-4-99999999",
            "日本-2025-11-0",
            "é20251101",
            "-20251101",
        ] {
            let expected = if name == "-20251101" { "-20251101" } else { name };
            assert_eq!(spellings(name).last().map(String::as_str), Some(expected), "{name}");
        }
        assert!(spellings("").is_empty());
    }
}
