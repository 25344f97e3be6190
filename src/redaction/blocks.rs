//! Private keys of several lines: PEM (RFC 7468), PGP, SSH2 and those of `OpenSSH` and `PuTTY`.

use super::scan::Span;

/// What such a block begins with.
pub const WORDS: &[&str] = &["---- BEGIN ", "-----BEGIN ", "-----END ", "Private-Lines:"];

/// The block that begins at a word. One without an end reaches to the end of the text: whoever cut
/// it off did not mean to show the rest.
pub fn found(text: &str, start: usize) -> Option<Span> {
    let rest = &text[start..];
    if rest.as_bytes()[0].eq_ignore_ascii_case(&b'p') {
        return putty(rest).map(|end| Span { start, end: start + end, rule: "private-key" });
    }
    let head = near(rest, HEAD);
    if head.starts_with("-----") && head.get(5..9).is_some_and(|word| word.eq_ignore_ascii_case("END ")) {
        return rest_of_one(text, start);
    }
    let title = head.trim_start_matches('-').trim_start().get("BEGIN ".len()..)?;
    let title = title.split('-').next()?;
    if !title.contains("PRIVATE KEY") {
        return None;
    }
    let begin = rest.find(title)? + title.len();
    let body = near(&rest[begin..], BODY);
    if longest_run(body) < RUN {
        return None;
    }
    let end = ["-----END ", "---- END "]
        .iter()
        .filter_map(|word| rest.find(word).map(|at| at + word.len()))
        .min()
        .map_or(rest.len(), |at| {
            let tail = near(&rest[at..], HEAD);
            let dashes = tail.find('-').unwrap_or(0);
            at + dashes + tail[dashes..].bytes().take_while(|byte| *byte == b'-').count()
        });
    Some(Span { start, end: start + end, rule: "private-key" })
}

/// What is left of a block whose beginning was cut off: the lines before its end.
fn rest_of_one(text: &str, end: usize) -> Option<Span> {
    let title = near(&text[end..], HEAD).split("-----").nth(1)?;
    let key = |byte: u8| byte.is_ascii_alphanumeric() || byte.is_ascii_whitespace() || b"+/=\\".contains(&byte);
    let length = text.as_bytes()[..end].iter().rev().take(CUT).take_while(|byte| key(**byte)).count();
    let body = &text[end - length..end];
    let first = body.split(char::is_whitespace).next().map_or(0, str::len);
    // Words before the first line are none of the key.
    let skipped = if first < RUN { body.split_inclusive('\n').next().map_or(0, str::len) } else { 0 };
    let lines = longest_run(&body[skipped.min(length)..]) >= RUN;
    let closed = end + "-----".len() + title.len();
    let dashes = text.as_bytes()[closed..].iter().take_while(|byte| **byte == b'-').count();
    (title.contains("PRIVATE KEY") && lines).then_some(Span {
        start: end - length + skipped.min(length),
        end: closed + dashes,
        rule: "private-key",
    })
}

/// How far before its end the lines of a key are looked for.
const CUT: usize = 16 * 1024;

/// The longest title of a block that is looked at.
const HEAD: usize = 80;

/// How far behind the title the key must begin.
const BODY: usize = 600;

/// So many characters of base64 in a row are a key; fewer are talk about one.
const RUN: usize = 20;

/// The beginning of a text, at a border of characters.
fn near(text: &str, most: usize) -> &str {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

fn longest_run(text: &str) -> usize {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '='))).map(str::len).max().unwrap_or(0)
}

/// Where the lines of base64 end that follow `Private-Lines: N`, and the check sum behind them.
fn putty(rest: &str) -> Option<usize> {
    let head = near(rest, HEAD);
    let count = "Private-Lines:".len() + head["Private-Lines:".len()..].bytes().take_while(|b| *b == b' ').count();
    let digits = rest[count..].bytes().take(4).take_while(u8::is_ascii_digit).count();
    let mut at = count + digits;
    let mut keys = 0;
    loop {
        let gap = rest[at..].bytes().take_while(u8::is_ascii_whitespace).count();
        let gap = if gap == 0 { rest[at..].strip_prefix("\\r").map_or(0, |_| 2) } else { gap };
        let gap = gap + if rest[at + gap..].starts_with("\\n") { 2 } else { 0 };
        let line = rest[at + gap..]
            .bytes()
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='))
            .count();
        let whole =
            rest[at + gap + line..].bytes().next().is_none_or(|byte| byte.is_ascii_whitespace() || byte == b'\\');
        if gap == 0 || line == 0 || !whole {
            break;
        }
        keys += line;
        at += gap + line;
    }
    (digits > 0 && keys >= RUN).then_some(at)
}
