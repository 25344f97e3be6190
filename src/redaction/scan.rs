//! One pass over a text finds every word that a rule waits for; the rules are tried only there.
//! So ordinary text costs one pass, however many rules there are, and a pattern never walks a text.

use std::sync::{LazyLock, OnceLock};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use regex::Regex;

use super::rule::{Candidate, Edges, Rule, WINDOW};
use super::{assignment, blocks, issuers, places};

/// So often a rule may look in vain at what it looked at before.
const PATIENCE: u32 = 32;

/// A part of a text that is to be masked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub start: usize,
    pub end: usize,
    /// What the mask says.
    pub rule: &'static str,
}

/// Whom a word wakes.
#[derive(Clone, Copy)]
enum Wakes {
    Rule(usize),
    Block,
    Assignment,
}

/// All words of all rules.
pub struct Scanner {
    words: AhoCorasick,
    wakes: Vec<Wakes>,
    /// Each rule with its pattern, compiled when a text first holds one of its words.
    rules: Vec<(&'static Rule, OnceLock<Regex>)>,
}

impl Scanner {
    /// The tables never change, so everybody shares one.
    pub fn shared() -> &'static Self {
        static SHARED: LazyLock<Scanner> = LazyLock::new(Scanner::build);
        &SHARED
    }

    fn build() -> Self {
        let mut words = Vec::new();
        let mut wakes = Vec::new();
        let mut rules = Vec::new();
        for rule in issuers::RULES.iter().chain(places::RULES) {
            for word in rule.words {
                words.push(*word);
                wakes.push(Wakes::Rule(rules.len()));
            }
            rules.push((rule, OnceLock::new()));
        }
        for word in blocks::WORDS {
            words.push(word);
            wakes.push(Wakes::Block);
        }
        for word in assignment::WORDS {
            words.push(word);
            wakes.push(Wakes::Assignment);
        }
        let words = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::DFA))
            .build(words)
            .expect("a few hundred short words fit");
        Self { words, wakes, rules }
    }

    /// Everything that the rules find, in no order; parts may overlap.
    pub fn spans(&self, text: &str) -> Vec<Span> {
        let mut spans = Vec::new();
        // Where the last find of each rule ended: words inside it wake nobody again.
        let mut ends: Vec<usize> = Vec::new();
        // Up to where each rule looked in vain, and how often since.
        let mut refused: Vec<(usize, u32)> = Vec::new();
        let mut block_end = 0;
        let mut assignments = assignment::Reader::new(text);
        for hit in self.words.find_overlapping_iter(text) {
            match self.wakes[hit.pattern().as_usize()] {
                Wakes::Rule(number) => {
                    ends.resize(self.rules.len(), 0);
                    refused.resize(self.rules.len(), (0, 0));
                    if hit.start() < ends[number] {
                        continue;
                    }
                    let Some((span, is_secret)) = self.tried(number, text, hit.start()) else { continue };
                    let (until, times) = &mut refused[number];
                    if hit.start() >= *until {
                        (*until, *times) = (span.end, 0);
                    }
                    *times += 1;
                    // A text that makes a rule look at the same place again and again is masked there and left.
                    if is_secret || *times > PATIENCE {
                        ends[number] = span.end;
                        spans.push(span);
                    }
                }
                Wakes::Block => {
                    if hit.start() >= block_end
                        && let Some(span) = blocks::found(text, hit.start())
                    {
                        block_end = span.end;
                        spans.push(span);
                    }
                }
                Wakes::Assignment => {
                    if hit.start() >= block_end {
                        spans.extend(assignments.read(hit.start(), hit.end()));
                    }
                }
            }
        }
        spans
    }

    /// What a rule finds at a word, and whether it is a secret.
    fn tried(&self, number: usize, text: &str, word: usize) -> Option<(Span, bool)> {
        let (rule, regex) = &self.rules[number];
        let bytes = text.as_bytes();
        if !(rule.glance)(bytes, word) {
            return None;
        }
        let start = match rule.back {
            None => word,
            Some((belongs, most)) => {
                let back = bytes[..word].iter().rev().take(most).take_while(|byte| belongs(**byte)).count();
                word - back + escape(&bytes[..word], word - back)
            }
        };
        if rule.edges != Edges::Open && joined_before(bytes, start) {
            return None;
        }
        let captures = regex.get_or_init(|| rule.compiled()).captures(window(text, start))?;
        let whole = captures.get(0)?;
        let end = start + whole.end();
        if rule.edges == Edges::Both && joined_after(text, end) {
            return None;
        }
        let secret = captures.iter().flatten().last().unwrap_or(whole);
        let span = Span { start: start + secret.start(), end: start + secret.end(), rule: rule.name };
        let is_secret = (rule.check)(&Candidate { text, start, secret: secret.as_str() });
        Some((span, is_secret))
    }
}

/// What a pattern may look at.
pub fn window(text: &str, start: usize) -> &str {
    let mut end = text.len().min(start + WINDOW);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[start..end]
}

/// Whether a byte may be in the middle of a token.
pub fn in_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// Whether what stands before a place belongs to it. The last letter of an escape (`\n`, `%3D`,
/// a colour of a terminal) does not.
pub fn joined_before(bytes: &[u8], start: usize) -> bool {
    let before = &bytes[..start];
    let Some(last) = before.last() else { return false };
    if !in_token(*last) {
        return *last == b']' && ends_in_mask(before);
    }
    let escaped = match before {
        [.., b'\\', b'n' | b'r' | b't'] => !matches!(before, [.., b'\\', b'\\', _]) || before.len() < 3,
        [.., b'%', a, b] => a.is_ascii_hexdigit() && b.is_ascii_hexdigit(),
        [.., b'm'] => before[before.len().saturating_sub(12)..].contains(&0x1b),
        _ => false,
    };
    !escaped
}

/// How many bytes at a place still belong to an escape that began before it.
fn escape(bytes: &[u8], start: usize) -> usize {
    match (&bytes[..start], &bytes[start..]) {
        ([.., b'\\'], [b'n' | b'r' | b't', ..]) => 1,
        ([.., b'%'], [a, b, ..]) if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => 2,
        (before, after) if before[before.len().saturating_sub(8)..].contains(&0x1b) => {
            after.iter().position(|byte| *byte == b'm').map_or(0, |at| at + 1)
        }
        _ => 0,
    }
}

/// Whether what stands after a place belongs to it.
fn joined_after(text: &str, end: usize) -> bool {
    text.as_bytes().get(end).is_some_and(|byte| in_token(*byte)) || text[end..].starts_with(MASK)
}

/// How every mask begins.
pub const MASK: &str = "[masked:";

/// The longest mask.
const LONGEST: usize = 48;

fn ends_in_mask(before: &[u8]) -> bool {
    let tail = &before[before.len().saturating_sub(LONGEST)..before.len() - 1];
    let name = tail.iter().rev().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'-').count();
    name > 0 && tail[..tail.len() - name].ends_with(MASK.as_bytes())
}

/// The length of the mask that a text begins with.
pub fn mask_length(text: &str) -> Option<usize> {
    let rest = text.strip_prefix(MASK)?;
    let name = rest
        .bytes()
        .take(LONGEST)
        .take_while(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-')
        .count();
    (name > 0 && rest[name..].starts_with(']')).then_some(MASK.len() + name + 1)
}

/// Spans in order, those that touch each other as one, without those that are masks already.
pub fn settled(text: &str, mut spans: Vec<Span>) -> Vec<Span> {
    spans.retain(|span| span.start < span.end && !within_mask(text, *span));
    spans.sort_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
    let mut settled: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match settled.last_mut() {
            Some(last) if span.start < last.end => {
                // A rule that knows the issuer says more than the place does.
                if last.rule == assignment::NAME {
                    last.rule = span.rule;
                }
                last.end = last.end.max(span.end);
            }
            _ => settled.push(span),
        }
    }
    settled
}

/// Whether a span lies inside a mask, so that masking it would say nothing new.
fn within_mask(text: &str, span: Span) -> bool {
    let from = span.start.saturating_sub(LONGEST);
    let head = &text.as_bytes()[from..span.end.min(span.start + MASK.len())];
    let opens = head.windows(MASK.len()).rposition(|window| window == MASK.as_bytes());
    opens.is_some_and(|at| {
        let at = from + at;
        mask_length(&text[at..]).is_some_and(|length| span.end <= at + length)
    })
}

/// The text with a mask in the place of each span.
pub fn replaced(text: &str, spans: &[Span]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for span in spans {
        out.push_str(&text[at..span.start]);
        out.push_str(MASK);
        out.push_str(span.rule);
        out.push(']');
        at = span.end;
    }
    out.push_str(&text[at..]);
    out
}
