//! What a name says about its value: `apiKey` and `DB_PASSWORD` hold secrets, `maxTokens`,
//! `sessionKey` and `passwordPolicy` do not.

/// What kind of secret a name announces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A person chose it, so it may look like a word.
    Password,
    /// A machine made it.
    Token,
}

/// The kind of secret that a name announces; none when it announces something else.
pub fn kind(name: &str) -> Option<Kind> {
    if matches!(name, "PWD" | "OLDPWD") {
        return None;
    }
    let mut words = words(name);
    while words.len() > 1 && words.last().is_some_and(|word| QUALIFIERS.contains(&word.as_str())) {
        words.pop();
    }
    let last = words.pop()?;
    let last = last.as_str();
    if words.first().is_some_and(|word| ASKING.contains(&word.as_str())) {
        return None;
    }
    let before = words.last().map_or("", String::as_str);
    if PASSWORDS.contains(&last) || PASSWORD_ENDS.iter().any(|end| last.ends_with(end)) {
        return Some(Kind::Password);
    }
    let token = match last {
        "key" | "키" => KEYS.contains(&before),
        "tokens" => HELD_TOKENS.contains(&before),
        "pat" => !before.is_empty(),
        _ if last.ends_with("token") => {
            !COUNTED_TOKENS.contains(&before) && !COUNTED_TOKENS.contains(&last.trim_end_matches("token"))
        }
        _ if last.ends_with("key") => KEYS.contains(&last.trim_end_matches("key")),
        _ => TOKENS.contains(&last),
    };
    token.then_some(Kind::Token)
}

/// The words of `camelCase`, `snake_case`, `kebab-case` and `UPPER_CASE`, in lower case, without
/// numbers at their end.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let chars: Vec<char> = name.chars().take(LONGEST).collect();
    for (at, c) in chars.iter().enumerate() {
        let camel = c.is_uppercase()
            && at > 0
            && (chars[at - 1].is_lowercase()
                || (chars[at - 1].is_uppercase() && chars.get(at + 1).is_some_and(|next| next.is_lowercase())));
        if camel || !c.is_alphanumeric() {
            words.extend(whole(&mut word));
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
    }
    words.extend(whole(&mut word));
    words
}

fn whole(word: &mut String) -> Option<String> {
    let word = std::mem::take(word);
    let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
    (!word.is_empty()).then(|| word.to_owned())
}

/// The longest name that is looked at.
const LONGEST: usize = 96;

/// What people add behind a name without changing what it is.
const QUALIFIERS: &[&str] = &[
    "b64",
    "base64",
    "current",
    "default",
    "dev",
    "encoded",
    "live",
    "new",
    "old",
    "override",
    "plain",
    "plaintext",
    "primary",
    "prod",
    "production",
    "raw",
    "secondary",
    "staging",
    "str",
    "test",
    "text",
    "value",
];

/// Names that begin so ask or tell something about a secret.
const ASKING: &[&str] = &[
    "allow", "check", "count", "enable", "enabled", "forgot", "get", "has", "hide", "is", "max", "min", "need",
    "needs", "no", "num", "require", "required", "requires", "show", "total", "use", "uses", "validate", "verify",
    "with", "without",
];

const PASSWORDS: &[&str] = &[
    "pass",
    "pw",
    "storepass",
    "keypass",
    "dbpass",
    "userpass",
    "rootpass",
    "adminpass",
    "smtppass",
    "비밀번호",
    "비번",
    "암호",
    "패스워드",
];

const PASSWORD_ENDS: &[&str] = &["password", "passwd", "passphrase", "passcode", "pwd", "secret", "비밀번호"];

const TOKENS: &[&str] = &[
    "authorization",
    "bearer",
    "cookie",
    "credential",
    "credentials",
    "mnemonic",
    "apikeys",
    "토큰",
    "시크릿",
    "인증키",
    "비밀키",
    "api키",
];

/// A key of these is a secret; a key of a session, a table or a keyboard is not.
const KEYS: &[&str] = &[
    "access",
    "account",
    "admin",
    "aes",
    "api",
    "apisecret",
    "app",
    "application",
    "auth",
    "authentication",
    "consumer",
    "crypto",
    "deploy",
    "encryption",
    "hmac",
    "jwt",
    "license",
    "master",
    "private",
    "role",
    "root",
    "secret",
    "shared",
    "sharedaccess",
    "signing",
    "ssh",
    "ssl",
    "storage",
    "subscription",
    "tls",
    "webhook",
    "anthropic",
    "azure",
    "claude",
    "cohere",
    "deepseek",
    "elevenlabs",
    "gemini",
    "google",
    "groq",
    "mistral",
    "openai",
    "openrouter",
    "perplexity",
    "sendgrid",
    "stripe",
    "tavily",
    "twilio",
    "xai",
    "비밀",
    "시크릿",
    "액세스",
    "인증",
    "개인",
];

/// Tokens that are counted, and those that say where a list goes on.
const COUNTED_TOKENS: &[&str] = &[
    "bos",
    "cached",
    "completion",
    "context",
    "continuation",
    "cursor",
    "end",
    "eos",
    "first",
    "input",
    "last",
    "mask",
    "max",
    "min",
    "next",
    "nextpage",
    "output",
    "pad",
    "page",
    "per",
    "prompt",
    "reasoning",
    "sep",
    "start",
    "stop",
    "sync",
    "total",
    "unk",
];

/// In the plural, tokens are counted unless the name says what they open.
const HELD_TOKENS: &[&str] = &["access", "api", "auth", "bearer", "bot", "refresh", "secret"];
