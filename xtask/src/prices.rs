//! `cargo xtask prices FILE --as-of DATE`: makes `data/prices.json` from `LiteLLM`'s public price list.
//!
//! Deliberately absent: the network. Somebody fetches the list (the header of `data/prices.json`
//! names package, version and digest); this filters it, writes it sorted, and says what changed.
//! `LiteLLM`'s package is only ever unzipped; nothing in it is run.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use anyhow::{Context as _, Result, bail};
use serde_json::{Map, Value};

const USAGE: &str =
    "cargo xtask prices FILE --as-of YYYY-MM-DD [--version V] [--sha256 HEX] [--source TEXT] [--out FILE]";
const SOURCE: &str = "LiteLLM model_prices_and_context_window_backup.json";
const OUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../data/prices.json");

/// `LiteLLM`'s names of the providers that are kept, and ours, which are OpenClaw's.
const PROVIDERS: [(&str, &str); 20] = [
    ("anthropic", "anthropic"),
    ("bedrock", "amazon-bedrock"),
    ("bedrock_converse", "amazon-bedrock"),
    ("cerebras", "cerebras"),
    ("cohere", "cohere"),
    ("cohere_chat", "cohere"),
    ("dashscope", "qwen"),
    ("deepseek", "deepseek"),
    ("gemini", "google"),
    ("groq", "groq"),
    ("meta", "meta"),
    ("minimax", "minimax"),
    ("mistral", "mistral"),
    ("moonshot", "moonshot"),
    ("openai", "openai"),
    ("perplexity", "perplexity"),
    ("together_ai", "together"),
    ("xai", "xai"),
    ("xiaomi_mimo", "xiaomi"),
    ("zai", "zai"),
];

/// The four buckets: our key, and how `LiteLLM`'s field begins.
const BUCKETS: [(&str, &str); 4] = [
    ("in", "input_cost_per_token"),
    ("out", "output_cost_per_token"),
    ("cacheRead", "cache_read_input_token_cost"),
    ("cacheWrite", "cache_creation_input_token_cost"),
];

/// Pico-dollars per token in the order of `BUCKETS`; `None` where the list says nothing.
type Rates = [Option<u64>; 4];

/// A model as it is written.
#[derive(Debug, PartialEq, Eq)]
struct Model {
    rates: Rates,
    tiers: BTreeMap<u64, Rates>,
    context: Option<u64>,
}

/// Models by provider and name.
type Models = BTreeMap<(String, String), Model>;

struct Options {
    file: String,
    out: String,
    header: Vec<(&'static str, String)>,
}

/// Runs the chore with what follows `prices` on the command line.
///
/// # Errors
/// When an argument is wrong or a file cannot be read, understood or written.
pub fn run(args: &[String]) -> Result<()> {
    let options = parse_args(args)?;
    let list = fs::read_to_string(&options.file).with_context(|| format!("cannot read {}", options.file))?;
    let list: Map<String, Value> =
        serde_json::from_str(&list).with_context(|| format!("{} is not LiteLLM's list", options.file))?;
    let text = render(&options.header, &filter(&list));
    let before = fs::read_to_string(&options.out).unwrap_or_default();
    fs::write(&options.out, &text).with_context(|| format!("cannot write {}", options.out))?;
    print!("{}", difference(&lines_by_model(&before), &lines_by_model(&text)));
    println!("{}: {} models, {} bytes", options.out, lines_by_model(&text).len(), text.len());
    Ok(())
}

fn parse_args(args: &[String]) -> Result<Options> {
    let (mut file, mut out) = (None, OUT.to_owned());
    let (mut as_of, mut version, mut sha256) = (None, String::new(), String::new());
    let mut source = SOURCE.to_owned();
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        let mut value = || rest.next().cloned().with_context(|| format!("{arg} needs a value\n{USAGE}"));
        match arg.as_str() {
            "--as-of" => as_of = Some(value()?),
            "--version" => version = value()?,
            "--sha256" => sha256 = value()?,
            "--source" => source = value()?,
            "--out" => out = value()?,
            _ if file.is_none() && !arg.starts_with('-') => file = Some(arg.clone()),
            _ => bail!("unknown argument {arg}\n{USAGE}"),
        }
    }
    let as_of = as_of.with_context(|| format!("--as-of is missing\n{USAGE}"))?;
    if !is_date(&as_of) {
        bail!("--as-of {as_of} is not a date such as 2026-11-24");
    }
    let header = vec![
        ("asOf", as_of),
        ("source", source),
        ("licence", "MIT".to_owned()),
        ("package", "litellm".to_owned()),
        ("version", version),
        ("sha256", sha256),
    ];
    Ok(Options { file: file.context(USAGE)?, out, header })
}

fn is_date(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() })
}

/// The models worth keeping, under our provider names.
fn filter(list: &Map<String, Value>) -> Models {
    let mut models = Models::new();
    for (key, entry) in list {
        let entry = match entry["alias_of"].as_str() {
            Some(target) => list.get(target).unwrap_or(&Value::Null),
            None => entry,
        };
        let Some(theirs) = entry["litellm_provider"].as_str() else { continue };
        let Some((_, ours)) = PROVIDERS.iter().find(|(name, _)| *name == theirs) else { continue };
        let prefixed = key.strip_prefix(theirs).and_then(|rest| rest.strip_prefix('/'));
        let name = prefixed.unwrap_or(key);
        if !is_wanted(entry, ours, name) {
            continue;
        }
        let Some(model) = read_model(entry) else { continue };
        let id = ((*ours).to_owned(), name.to_owned());
        // Some models are listed bare and with their provider: the latter is the fuller entry.
        if prefixed.is_some() || !models.contains_key(&id) {
            models.insert(id, model);
        }
    }
    models
}

fn is_wanted(entry: &Value, ours: &str, name: &str) -> bool {
    let spoken = matches!(entry["mode"].as_str(), Some("chat" | "responses"));
    let offered = match ours {
        // The rest of Bedrock is large; Claude there matters for its regional surcharge and its retired models.
        "amazon-bedrock" => name.contains("anthropic.claude") && !name.contains('/'),
        // Perplexity also resells other makers under `maker/model`.
        "perplexity" => !name.contains('/'),
        _ => true,
    };
    spoken && offered && !name.starts_with("ft:")
}

/// `None` for a model without a price; the list writes both "free" and "not known" as zero.
fn read_model(entry: &Value) -> Option<Model> {
    let ranges = read_ranges(entry);
    let mut rates = BUCKETS.map(|(_, field)| pico(&entry[field]));
    let mut tiers = BTreeMap::new();
    if rates[0].is_none() && rates[1].is_none() {
        rates = *ranges.get(&0)?;
        tiers.extend(ranges.into_iter().filter(|(above, _)| *above > 0));
    }
    for above in thresholds(entry) {
        let tier = BUCKETS.map(|(_, field)| pico(&entry[format!("{field}_above_{above}k_tokens")]));
        tiers.insert(above * 1000, tier);
    }
    let priced = rates[0].is_some() && rates[1].is_some() && rates.iter().flatten().any(|rate| *rate > 0);
    // A tier that only knows one of input and output would mix the prices of two lists.
    tiers.retain(|_, tier| tier[0].is_some() && tier[1].is_some());
    priced.then(|| Model { rates, tiers, context: entry["max_input_tokens"].as_u64() })
}

/// The thousands in fields such as `input_cost_per_token_above_200k_tokens`;
/// variants for batches, flex and priority are other products.
fn thresholds(entry: &Value) -> Vec<u64> {
    let fields = entry.as_object().into_iter().flatten();
    fields
        .filter_map(|(field, _)| {
            field.strip_prefix("input_cost_per_token_above_")?.strip_suffix("k_tokens")?.parse().ok()
        })
        .collect()
}

/// Alibaba's way to say tiers: `tiered_pricing` with a `range` of prompt tokens each, by its lower end.
fn read_ranges(entry: &Value) -> BTreeMap<u64, Rates> {
    let ranges = entry["tiered_pricing"].as_array().into_iter().flatten();
    ranges
        .filter_map(|tier| Some((whole(&tier["range"][0], 1.0)?, BUCKETS.map(|(_, field)| pico(&tier[field])))))
        .collect()
}

/// Dollars per token as pico-dollars per token.
fn pico(value: &Value) -> Option<u64> {
    whole(value, 1e12)
}

fn whole(value: &Value, factor: f64) -> Option<u64> {
    let scaled = (value.as_f64()? * factor).round();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
    (0.0..=1e15).contains(&scaled).then_some(scaled as u64)
}

/// The file: header fields, then one model on each line, sorted.
fn render(header: &[(&str, String)], models: &Models) -> String {
    let mut text = String::from("{\n");
    for (key, value) in header {
        let _ = writeln!(text, "\"{key}\":{},", Value::from(value.as_str()));
    }
    text.push_str("\"models\":[\n");
    let lines: Vec<String> =
        models.iter().map(|((provider, name), model)| render_model(provider, name, model)).collect();
    text.push_str(&lines.join(",\n"));
    text.push_str("\n]\n}\n");
    text
}

fn render_model(provider: &str, name: &str, model: &Model) -> String {
    let mut line = format!("{{\"provider\":{},\"name\":{}", Value::from(provider), Value::from(name));
    push_rates(&mut line, &model.rates);
    for (i, (above, rates)) in model.tiers.iter().enumerate() {
        line.push_str(if i == 0 { ",\"tiers\":[" } else { "," });
        let _ = write!(line, "{{\"above\":{above}");
        push_rates(&mut line, rates);
        line.push('}');
    }
    if !model.tiers.is_empty() {
        line.push(']');
    }
    if let Some(context) = model.context {
        let _ = write!(line, ",\"context\":{context}");
    }
    line.push('}');
    line
}

fn push_rates(line: &mut String, rates: &Rates) {
    for ((key, _), rate) in BUCKETS.iter().zip(rates) {
        if let Some(rate) = rate {
            let _ = write!(line, ",\"{key}\":{rate}");
        }
    }
}

/// What a written file says of each model; nothing when it is no such file.
fn lines_by_model(text: &str) -> BTreeMap<String, String> {
    let file: Value = serde_json::from_str(text).unwrap_or_default();
    let models = file["models"].as_array().into_iter().flatten();
    models
        .map(|model| {
            let id = format!(
                "{}/{}",
                model["provider"].as_str().unwrap_or_default(),
                model["name"].as_str().unwrap_or_default()
            );
            let mut rest = model.clone();
            if let Some(fields) = rest.as_object_mut() {
                fields.retain(|key, _| key != "provider" && key != "name");
            }
            (id, rest.to_string())
        })
        .collect()
}

fn difference(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> String {
    let mut text = String::new();
    for (id, line) in after {
        let _ = match before.get(id) {
            None => writeln!(text, "added   {id} {line}"),
            Some(old) if old != line => writeln!(text, "changed {id} {old} -> {line}"),
            Some(_) => Ok(()),
        };
    }
    for id in before.keys().filter(|id| !after.contains_key(*id)) {
        let _ = writeln!(text, "removed {id}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = r#"{
        "sample_spec": {"litellm_provider": "one of …", "mode": "one of: chat", "input_cost_per_token": 0.0},
        "gemini/g-pro": {"litellm_provider": "gemini", "mode": "chat", "max_input_tokens": 1048576,
            "input_cost_per_token": 1.25e-06, "output_cost_per_token": 1e-05, "cache_read_input_token_cost": 1.25e-07,
            "input_cost_per_token_above_200k_tokens": 2.5e-06, "output_cost_per_token_above_200k_tokens": 1.5e-05,
            "input_cost_per_token_above_200k_tokens_batches": 1e-06},
        "claude-x": {"litellm_provider": "anthropic", "mode": "chat", "max_input_tokens": "unknown",
            "input_cost_per_token": 5e-06, "output_cost_per_token": 2.5e-05, "cache_creation_input_token_cost": 6.25e-06,
            "cache_creation_input_token_cost_above_1hr": 1e-05},
        "claude-latest": {"alias_of": "claude-x"},
        "dashscope/q": {"litellm_provider": "dashscope", "mode": "chat", "tiered_pricing": [
            {"input_cost_per_token": 1.2e-06, "output_cost_per_token": 6e-06, "range": [0, 32000.0]},
            {"input_cost_per_token": 2.4e-06, "output_cost_per_token": 1.2e-05, "range": [32000.0, 128000.0]}]},
        "deepseek-chat": {"litellm_provider": "deepseek", "mode": "chat", "input_cost_per_token": 9e-06, "output_cost_per_token": 9e-06},
        "deepseek/deepseek-chat": {"litellm_provider": "deepseek", "mode": "chat", "input_cost_per_token": 2.8e-07, "output_cost_per_token": 4.2e-07},
        "us.anthropic.claude-x": {"litellm_provider": "bedrock_converse", "mode": "chat", "input_cost_per_token": 5.5e-06, "output_cost_per_token": 2.75e-05},
        "bedrock/us-gov-west-1/anthropic.claude-x": {"litellm_provider": "bedrock", "mode": "chat", "input_cost_per_token": 6e-06, "output_cost_per_token": 3e-05},
        "perplexity/openai/gpt-x": {"litellm_provider": "perplexity", "mode": "responses", "input_cost_per_token": 1e-06, "output_cost_per_token": 1e-06},
        "ft:gpt-x": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 1e-06, "output_cost_per_token": 1e-06},
        "gpt-image": {"litellm_provider": "openai", "mode": "image_generation", "input_cost_per_token": 1e-06, "output_cost_per_token": 1e-06},
        "zai/free": {"litellm_provider": "zai", "mode": "chat", "input_cost_per_token": 0.0, "output_cost_per_token": 0.0},
        "reseller/gpt-x": {"litellm_provider": "reseller", "mode": "chat", "input_cost_per_token": 1e-06, "output_cost_per_token": 1e-06}
    }"#;

    fn models() -> Models {
        filter(&serde_json::from_str(LIST).unwrap())
    }

    #[test]
    fn keeps_direct_providers_and_writes_one_sorted_line_each() {
        let text = render(&[("asOf", "2026-11-24".to_owned())], &models());
        let expected = r#"{
"asOf":"2026-11-24",
"models":[
{"provider":"amazon-bedrock","name":"us.anthropic.claude-x","in":5500000,"out":27500000},
{"provider":"anthropic","name":"claude-latest","in":5000000,"out":25000000,"cacheWrite":6250000},
{"provider":"anthropic","name":"claude-x","in":5000000,"out":25000000,"cacheWrite":6250000},
{"provider":"deepseek","name":"deepseek-chat","in":280000,"out":420000},
{"provider":"google","name":"g-pro","in":1250000,"out":10000000,"cacheRead":125000,"tiers":[{"above":200000,"in":2500000,"out":15000000}],"context":1048576},
{"provider":"qwen","name":"q","in":1200000,"out":6000000,"tiers":[{"above":32000,"in":2400000,"out":12000000}]}
]
}
"#;
        assert_eq!(text, expected);
    }

    #[test]
    fn tells_added_removed_and_changed_models() {
        let before =
            lines_by_model(r#"{"models":[{"provider":"a","name":"gone","in":1},{"provider":"a","name":"m","in":1}]}"#);
        let after =
            lines_by_model(r#"{"models":[{"provider":"a","name":"m","in":2},{"provider":"a","name":"new","in":3}]}"#);
        let expected = "changed a/m {\"in\":1} -> {\"in\":2}\nadded   a/new {\"in\":3}\nremoved a/gone\n";
        assert_eq!(difference(&before, &after), expected);
        assert_eq!(difference(&after, &after), "");
    }

    #[test]
    fn wrong_arguments_are_named() {
        for (args, needle) in [
            (vec!["f.json"], "--as-of is missing"),
            (vec!["f.json", "--as-of", "24.11.2026"], "is not a date"),
            (vec!["f.json", "--as-of"], "--as-of needs a value"),
            (vec!["f.json", "--frob"], "unknown argument --frob"),
            (vec!["--as-of", "2026-11-24"], "cargo xtask prices FILE"),
        ] {
            let args: Vec<String> = args.into_iter().map(str::to_owned).collect();
            let error = parse_args(&args).err().map(|e| e.to_string()).unwrap_or_default();
            assert!(error.contains(needle), "{args:?}: {error}");
        }
    }
}
