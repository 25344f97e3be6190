//! Tokens in the form that their issuers document, and texts to plant them in. Nothing here is taken
//! from the rules: prefix and alphabet stand as the issuer publishes them.

use data_encoding::BASE64URL_NOPAD;

use super::dice::Dice;

pub type Token = fn(&mut Dice) -> String;

pub type Context = fn(&str) -> String;

/// Who issues it, and one of it.
pub const TOKENS: &[(&str, Token)] = &[
    ("Anthropic", |d| format!("sk-ant-api03-{}-{}AA", d.url64(86), d.alnum(6))),
    ("Anthropic OAuth", |d| format!("sk-ant-oat01-{}", d.url64(95))),
    ("Anthropic admin", |d| format!("sk-ant-admin01-{}AA", d.url64(93))),
    ("OpenAI", |d| format!("sk-{}{}{}", d.alnum(20), "T3BlbkFJ", d.alnum(20))),
    ("OpenAI project", |d| format!("sk-proj-{}T3BlbkFJ{}", d.url64(74), d.url64(74))),
    ("OpenAI service account", |d| format!("sk-svcacct-{}T3BlbkFJ{}", d.url64(58), d.url64(58))),
    ("OpenRouter", |d| format!("sk-or-v1-{}", d.hex(64))),
    ("DeepSeek", |d| format!("sk-{}", d.hex(32))),
    ("Google", |d| format!("AIza{}", d.url64(35))),
    ("Google OAuth", |d| format!("ya29.a0{}", d.url64(150))),
    ("Google client secret", |d| format!("GOCSPX-{}", d.url64(28))),
    ("AWS id", |d| format!("AKIA{}", d.of("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16))),
    ("AWS temporary id", |d| format!("ASIA{}", d.of("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16))),
    ("GitHub personal", |d| format!("ghp_{}", d.alnum(36))),
    ("GitHub OAuth", |d| format!("gho_{}", d.alnum(36))),
    ("GitHub user", |d| format!("ghu_{}", d.alnum(36))),
    ("GitHub server", |d| format!("ghs_{}", d.alnum(36))),
    ("GitHub refresh", |d| format!("ghr_{}", d.alnum(76))),
    ("GitHub fine-grained", |d| format!("github_pat_{}_{}", d.alnum(22), d.alnum(59))),
    ("GitLab", |d| format!("glpat-{}", d.url64(20))),
    ("GitLab runner", |d| format!("glrt-{}", d.url64(20))),
    ("Slack bot", |d| format!("xoxb-{}-{}-{}", d.digits(12), d.digits(13), d.alnum(24))),
    ("Slack user", |d| format!("xoxp-{}-{}-{}-{}", d.digits(12), d.digits(12), d.digits(12), d.hex(32))),
    ("Slack app", |d| format!("xapp-1-A{}-{}-{}", d.of("ABCDEFGHJK0123456789", 10), d.digits(13), d.hex(64))),
    ("Discord", |d| {
        let id = BASE64URL_NOPAD.encode(d.digits(18).as_bytes());
        format!("{id}.{}.{}", d.url64(6), d.alnum(38))
    }),
    ("Telegram", |d| format!("{}:AA{}", d.digits(10), d.url64(33))),
    ("Stripe", |d| format!("sk_live_{}", d.alnum(24))),
    ("Stripe long", |d| format!("sk_live_51{}", d.alnum(97))),
    ("Stripe restricted", |d| format!("rk_live_{}", d.alnum(24))),
    ("Stripe webhook", |d| format!("whsec_{}", d.alnum(32))),
    ("Twilio", |d| format!("SK{}", d.hex(32))),
    ("SendGrid", |d| format!("SG.{}.{}", d.url64(22), d.url64(43))),
    ("Mailgun", |d| format!("key-{}", d.hex(32))),
    ("Mailchimp", |d| format!("{}-us{}", d.hex(32), d.digits(2))),
    ("npm", |d| format!("npm_{}", d.alnum(36))),
    ("PyPI", |d| format!("pypi-AgEIcHlwaS5vcmc{}", d.url64(130))),
    ("cargo", |d| format!("cio{}", d.alnum(32))),
    ("Docker Hub", |d| format!("dckr_pat_{}", d.url64(27))),
    ("Hugging Face", |d| format!("hf_{}", d.of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 34))),
    ("Groq", |d| format!("gsk_{}", d.alnum(52))),
    ("xAI", |d| format!("xai-{}", d.alnum(80))),
    ("Replicate", |d| format!("r8_{}", d.alnum(37))),
    ("Perplexity", |d| format!("pplx-{}", d.alnum(48))),
    ("NVIDIA", |d| format!("nvapi-{}", d.url64(64))),
    ("DigitalOcean", |d| format!("dop_v1_{}", d.hex(64))),
    ("Cloudflare origin", |d| format!("v1.0-{}-{}", d.hex(24), d.hex(146))),
    ("Azure client secret", |d| format!("{}8Q~{}", d.alnum(3), d.alnum(34))),
    ("Databricks", |d| format!("dapi{}", d.hex(32))),
    ("HashiCorp Vault", |d| format!("hvs.{}", d.url64(90))),
    ("Linear", |d| format!("lin_api_{}", d.alnum(40))),
    ("Notion", |d| format!("ntn_{}", d.alnum(46))),
    ("Airtable", |d| format!("pat{}.{}", d.alnum(14), d.hex(64))),
    ("Shopify", |d| format!("shpat_{}", d.hex(32))),
    ("Grafana", |d| format!("glsa_{}_{}", d.alnum(32), d.hex(8))),
    ("Figma", |d| format!("figd_{}", d.url64(40))),
    ("Tavily", |d| format!("tvly-{}", d.alnum(32))),
    ("JSON Web Token", |d| {
        let head = BASE64URL_NOPAD.encode(br#"{"alg":"HS256","typ":"JWT"}"#);
        let body = BASE64URL_NOPAD.encode(format!(r#"{{"sub":"{}","iat":1}}"#, d.digits(10)).as_bytes());
        format!("{head}.{body}.{}", d.url64(43))
    }),
    ("age", |d| format!("AGE-SECRET-KEY-1{}", d.of("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58))),
];

/// A kind of text, and one with a token in it.
pub const CONTEXTS: &[(&str, Context)] = &[
    ("nothing else", str::to_owned),
    ("prose", |t| format!("I use {t} for this, please keep it.")),
    ("the end of a sentence", |t| format!("The one that works is {t}.")),
    ("parentheses", |t| format!("(see {t})")),
    ("the start of a text", |t| format!("{t} was in the log")),
    ("the end of a text", |t| format!("and it printed {t}")),
    ("JSON", |t| format!(r#"{{"id": 7, "note": "{t}", "ok": true}}"#)),
    ("JSON within JSON", |t| format!(r#"{{"arguments":"{{\"x\":\"{t}\",\"n\":1}}"}}"#)),
    ("an escaped newline", |t| format!(r"one\n{t}\ntwo")),
    ("shell", |t| format!("$ export THING='{t}' && run --now")),
    ("an environment file", |t| format!("A=1\nTHING={t}\nB=2\n")),
    ("an address", |t| format!("https://api.host.dev/v1/things?x={t}&y=2")),
    ("code", |t| format!("let client = Client::new(\"{t}\");")),
    ("a fence", |t| format!("Use this:\n```sh\nrun {t}\n```\n")),
    ("inline code", |t| format!("the value `{t}` is wrong")),
    ("a table", |t| format!("| name | value |\n|---|---|\n| it | {t} |\n")),
    ("YAML", |t| format!("env:\n  - name: THING\n    thing: {t}\n")),
    ("XML", |t| format!("<thing>{t}</thing>")),
    ("Korean prose", |t| format!("이 값은 {t}입니다. 다른 곳에 쓰지 마세요.")),
    ("a header", |t| format!("GET / HTTP/1.1\r\nX-Thing: {t}\r\nAccept: */*\r\n")),
    ("terminal colours", |t| format!("\u{1b}[32m{t}\u{1b}[0m")),
];
