//! Secrets that are known by where they stand: in a header, in an address, behind a flag.
//! What is written as `name = value` is read by `assignment.rs`.

use super::rule::{Candidate, Edges, Rule};
use super::values;

pub static RULES: &[Rule] = &[
    // RFC 6750, and what others made of it. The word alone is prose more often than not.
    Rule::token("bearer", &["bearer "], r"(?i:bearer) {1,4}([A-Za-z0-9._~+/=|:-]{8,})").check(opaque),
    Rule::token("bearer", &["bearer%20"], r"(?i:bearer)%20([A-Za-z0-9._~+/=%-]{8,})").check(opaque),
    // RFC 7617.
    Rule::token("basic", &["basic "], r"(?i:basic) {1,4}([A-Za-z0-9+/_-]{6,}={0,2})")
        .check(|candidate| values::is_basic(candidate.secret)),
    Rule::token(
        "authorization",
        &["authorization"],
        r#"(?i:authorization)\\*["']?\s{0,4}[:=,]\s{0,4}\\*["']?(?i:basic|bearer|token|apikey|key|bot|digest|negotiate|aws4-hmac-sha256)\s{1,4}([^\s"'\\`<>]{6,})"#,
    )
    .check(|candidate| not_a_placeholder(candidate) && candidate.secret.bytes().any(|byte| !byte.is_ascii_uppercase() && byte != b'_')),
    Rule::token("cookie", &["cookie:", "cookie\""], r#"(?i:cookie)\\*["']?: ?\\*["']?([^\s"'\\=;,]{1,64}=[^\r\n"'\\`<>]{6,})"#)
        .edges(Edges::Open)
        .check(not_a_placeholder),
    // Addresses: RFC 3986, userinfo. A password may hold an @ that somebody forgot to escape.
    Rule::place("url-password", &["://"], r#"://[^\s/?#"'`<>@:\\]{0,128}:([^\s/"'`<>\\]{1,256}|[^\s/"'`<>\\]{0,64}[^\s/"'`<>\\0-9][^\s/"'`<>\\]{0,64}/[^\s"'`<>\\@.]{1,128})@[^\s"'`<>@]"#)
        .check(not_a_placeholder),
    Rule::place("url-token", &["://"], r#"://([A-Za-z0-9_.~%+-]{20,256})@[^\s"'`<>@]"#).check(opaque),
    Rule::place(
        "url-parameter",
        &[
            "?key=", "&key=", "&amp;key=", "?sig=", "&sig=", "&amp;sig=", "\\u0026sig=", "?signature=", "&signature=",
            "?auth=", "&auth=", "?code=", "&code=", "?jwt=", "&jwt=", "?sid=", "&sid=", "?hash=", "&hash=",
        ],
        r#"[\\?&u026amp;]{1,6}(?i:key|sig|signature|auth|code|jwt|sid|hash)=([^\s&#"'`<>\\;,)\]}]{12,})"#,
    )
    .check(opaque_and_no_uuid),
    Rule::place("url-parameter", &["x-amz-", "x-goog-"], r"(?i:x-(?:amz|goog)-(?:signature|security-token|credential))(?:=|%3D)([A-Za-z0-9%/+=_.-]{16,})"),
    Rule::place("webhook", &["hooks.slack.com/"], r"hooks\.slack\.com/(?:services|workflows|triggers)/([A-Za-z0-9_/-]{16,})"),
    Rule::place("webhook", &["/api/webhooks/"], r"/api/webhooks/\d{15,22}/([A-Za-z0-9_-]{40,})"),
    Rule::place("webhook", &["webhook.office.com/", ".logic.azure.com"], r"webhook\.office\.com/(?:webhookb2/)?([A-Za-z0-9@/_-]{40,})"),
    // Commands.
    Rule::token("curl-user", &["-u", "--user", "--proxy-user"], r#"(?:-u|--user|--proxy-user)(?:\s{1,2}|=)?["']?[^\s:"'/]{0,64}:([^\s"'`<>]{3,})"#)
        .check(|candidate| on_a_line_with(candidate, &["curl", "wget", "http "]) && not_a_placeholder(candidate)),
    Rule::token("command-password", &["-p"], r#"-p ?["']?([^\s"'`<>$-][^\s"'`<>]{3,})"#)
        .check(|candidate| a_short_flag(candidate) && not_a_placeholder(candidate)),
    Rule::token("command-password", &["-a "], r#"-a\s["']?([^\s"'`<>$-][^\s"'`<>]{5,})"#)
        .check(|candidate| on_a_line_with(candidate, &["redis-cli"]) && not_a_placeholder(candidate)),
    Rule::token("command-password", &["pass:"], r#"pass:([^\s"'`<>$]{4,})"#)
        .check(|candidate| on_a_line_with(candidate, &["openssl"]) && not_a_placeholder(candidate)),
    Rule::token("netrc", &["password"], r"password\s{1,4}([^\s]{4,})")
        .check(|candidate| on_a_line_with(candidate, &["login "]) && on_a_line_with(candidate, &["machine "]) && not_a_placeholder(candidate)),
    Rule::token("cookie", &["-b", "--cookie"], r#"(?:-b|--cookie)[ =]["']?([^\s"'=;]{1,64}=[^"'\r\n]{6,})"#)
        .check(|candidate| on_a_line_with(candidate, &["curl"]) && not_a_placeholder(candidate)),
    Rule::place("sql-password", &["identified by "], r#"(?i:identified by)\s{1,4}["']([^"'\s]{4,})"#).check(not_a_placeholder),
    // The configuration of docker and npm: user:password in base64.
    Rule::token("registry-auth", &["auth\"", "auth\\\"", "_auth"], r#"(?:_auth|auth)\\*"?\s{0,4}[:=]\s{0,4}\\*"?([A-Za-z0-9+/]{8,}={0,2})"#)
        .edges(Edges::Open)
        .check(|candidate| values::is_basic(candidate.secret)),
];

/// Whether a value looks drawn by lot.
fn opaque(candidate: &Candidate<'_>) -> bool {
    values::is_opaque(candidate.secret) && not_a_placeholder(candidate)
}

fn not_a_placeholder(candidate: &Candidate<'_>) -> bool {
    !values::is_placeholder(candidate.secret)
}

/// An id that everybody may see is often a parameter too.
fn opaque_and_no_uuid(candidate: &Candidate<'_>) -> bool {
    let dashes: Vec<usize> = candidate.secret.match_indices('-').map(|(at, _)| at).collect();
    opaque(candidate) && dashes != [8, 13, 18, 23]
}

/// Whether one of some words stands before the match on its line.
fn on_a_line_with(candidate: &Candidate<'_>, words: &[&str]) -> bool {
    let line = candidate.line_before();
    words.iter().any(|word| line.contains(word))
}

/// Whether `-p` is the flag of a program that takes a password there.
fn a_short_flag(candidate: &Candidate<'_>) -> bool {
    let glued = !candidate.text[candidate.start + "-p".len()..].starts_with(' ');
    let programs: &[&str] =
        if glued { &["mysql", "mariadb", "sshpass"] } else { &["sshpass", "docker login", "podman login"] };
    on_a_line_with(candidate, programs)
}
