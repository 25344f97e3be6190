//! What a rule is: words to look for, a pattern that begins at such a word, and what else must hold.

use regex::Regex;

/// One row of the tables in `issuers.rs` and `places.rs`.
pub struct Rule {
    /// What the mask says.
    pub name: &'static str,
    /// Words that a text must hold, in any case; the pattern is tried where one stands.
    pub words: &'static [&'static str],
    /// How far before the word the pattern begins: over which bytes, and how many at most.
    pub back: Option<(Bytes, usize)>,
    /// Asked first, of the bytes and the place of the word, because some words are everywhere.
    pub glance: fn(&[u8], usize) -> bool,
    /// What may stand right before and after.
    pub edges: Edges,
    /// Begins where the word does (or further back); the last group that took part is the secret,
    /// else the whole of it.
    pub pattern: &'static str,
    /// What else must hold.
    pub check: fn(&Candidate<'_>) -> bool,
}

/// Whether a byte belongs.
pub type Bytes = fn(u8) -> bool;

/// What may stand right before and after a match.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Edges {
    /// Anything.
    Open,
    /// Nothing that could belong to the token before it.
    Left,
    /// Nor after it.
    Both,
}

/// A match that is still to be judged.
pub struct Candidate<'a> {
    /// The whole text.
    pub text: &'a str,
    /// Where the match begins.
    pub start: usize,
    /// The part that would be masked.
    pub secret: &'a str,
}

impl Candidate<'_> {
    /// The same line before the match, or what of it is near; a line that ends in a backslash goes on.
    pub fn line_before(&self) -> &str {
        let mut from = self.start.saturating_sub(LINE);
        while !self.text.is_char_boundary(from) {
            from += 1;
        }
        let near = &self.text[from..self.start];
        let mut cut = near.len();
        while let Some(newline) = near[..cut].rfind('\n') {
            if !near[..newline].trim_end().ends_with('\\') {
                return &near[newline + 1..];
            }
            cut = newline;
        }
        near
    }
}

/// How much of a line is looked at before a match.
const LINE: usize = 400;

/// How much of the text a pattern sees from where it begins: more than the longest known token.
pub const WINDOW: usize = 16 * 1024;

impl Rule {
    /// A token that says by its first letters what it is.
    pub const fn token(name: &'static str, words: &'static [&'static str], pattern: &'static str) -> Self {
        Self { name, words, back: None, glance: |_, _| true, edges: Edges::Left, pattern, check: |_| true }
    }

    /// A secret because of what stands before it.
    pub const fn place(name: &'static str, words: &'static [&'static str], pattern: &'static str) -> Self {
        Self { name, words, back: None, glance: |_, _| true, edges: Edges::Open, pattern, check: |_| true }
    }

    /// With other edges.
    pub const fn edges(mut self, edges: Edges) -> Self {
        self.edges = edges;
        self
    }

    /// The pattern begins before the word, if a glance at what is near does not rule it out.
    pub const fn back(mut self, bytes: Bytes, most: usize, glance: fn(&[u8], usize) -> bool) -> Self {
        self.back = Some((bytes, most));
        self.glance = glance;
        self
    }

    /// With one more condition.
    pub const fn check(mut self, check: fn(&Candidate<'_>) -> bool) -> Self {
        self.check = check;
        self
    }

    /// The pattern, which holds at the beginning only.
    pub fn compiled(&self) -> Regex {
        Regex::new(&format!("^(?:{})", self.pattern)).expect("the tests compile every pattern of the tables")
    }
}
