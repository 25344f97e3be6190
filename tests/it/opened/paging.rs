//! Files as no test would write them: what is read backwards in pages is what stands there.

use std::ops::ControlFlow;

use factory_dashboard::conversation::entry::{Body, Entry, Part};
use factory_dashboard::conversation::page::{self, Ask};
use factory_dashboard::conversation::{Conversation, Cursor};
use factory_dashboard::source::packed::ends::Ends;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::StateDir;
use crate::support::opened::{Brief, answers, asks, expected, message, with_text};

/// The conversation of session `s1` of agent `main`.
pub fn of(dir: &StateDir, ids: &[&str]) -> Conversation {
    let ids: Vec<_> = ids.iter().map(|id| (*id).into()).collect();
    Conversation::find(dir.root(), &"main".into(), &ids, &Ends::default()).unwrap()
}

/// An entry in short, as the API would show it.
pub fn brief(entry: &Entry) -> Brief {
    let text = |part: &Part| match part {
        Part::Text(text) | Part::Thinking(text) => text.clone(),
        Part::ToolCall { name, .. } | Part::Other { name, .. } => name.clone(),
    };
    let (kind, parts) = match &entry.body {
        Body::User(parts) => ("user", parts.as_slice()),
        Body::Assistant(answer) => ("assistant", answer.parts.as_slice()),
        Body::Tool(result) => ("tool", result.parts.as_slice()),
        Body::Note(_) => ("note", [].as_slice()),
        Body::Silent => panic!("nothing to show"),
    };
    (kind.to_owned(), entry.id.clone(), parts.iter().map(text).collect())
}

fn ask(before: Option<Cursor>, limit: usize) -> Ask<'static> {
    Ask { before, limit, search: None }
}

/// Every entry, from pages of this size.
pub fn walk(conversation: &Conversation, limit: usize) -> Vec<Entry> {
    let mut pages = Vec::new();
    let mut before = None;
    loop {
        let page = page::page(conversation, &ask(before, limit)).unwrap();
        pages.push(page.entries);
        before = page.before;
        if before.is_none() {
            return pages.into_iter().rev().flatten().collect();
        }
    }
}

/// What a reader that knows nothing of pages finds: whole lines that are JSON objects.
fn plainly(bytes: &[u8]) -> Vec<Brief> {
    let mut lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
    let last = lines.pop().unwrap();
    // The last line counts without its line break, when it is whole.
    if serde_json::from_slice::<Value>(last).is_ok() {
        lines.push(last);
    }
    let parsed = lines.into_iter().filter_map(|line| serde_json::from_str(&String::from_utf8_lossy(line)).ok());
    expected(&parsed.filter(Value::is_object).collect::<Vec<_>>())
}

#[derive(Clone, Debug)]
enum Odd {
    Asks(usize),
    Answers(usize),
    Silent,
    Empty,
    Blanks,
    NoJson,
    NoObject,
    NoUtf8,
    CarriageReturn,
}

fn odd() -> impl Strategy<Value = Odd> {
    prop_oneof![
        4 => (0_usize..300).prop_map(Odd::Asks),
        4 => (0_usize..300).prop_map(Odd::Answers),
        1 => (60_000_usize..200_000).prop_map(Odd::Answers),
        1 => Just(Odd::Silent),
        1 => Just(Odd::Empty),
        1 => Just(Odd::Blanks),
        1 => Just(Odd::NoJson),
        1 => Just(Odd::NoObject),
        1 => Just(Odd::NoUtf8),
        1 => Just(Odd::CarriageReturn),
    ]
}

fn line(number: usize, odd: &Odd) -> Vec<u8> {
    let id = format!("e{number}");
    match odd {
        Odd::Asks(length) => asks(&id, 1, &"한a".repeat(length / 2)).into(),
        Odd::Answers(length) => answers(&id, 2, &"x".repeat(*length)).into(),
        Odd::Silent => format!("{}\n", json!({"type": "custom", "customType": "x", "id": id})).into(),
        Odd::Empty => b"\n".to_vec(),
        Odd::Blanks => b" \t \r\n".to_vec(),
        Odd::NoJson => b"{\"type\":\"message\", and then the disk was full\n".to_vec(),
        Odd::NoObject => b"[1, 2, {\"type\": \"message\"}]\n".to_vec(),
        Odd::NoUtf8 => {
            let mut bytes = asks(&id, 3, "before#after").into_bytes();
            let place = bytes.iter().position(|byte| *byte == b'#').unwrap();
            bytes[place] = 0xff;
            bytes
        }
        Odd::CarriageReturn => asks(&id, 4, "from another system").replace('\n', "\r\n").into(),
    }
}

/// How a file ends.
#[derive(Clone, Copy, Debug)]
enum End {
    Whole,
    NoLineBreak,
    HalfWritten,
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn backwards_in_pages_is_forwards(
        odds in prop::collection::vec(odd(), 0..40),
        end in prop::sample::select(vec![End::Whole, End::NoLineBreak, End::HalfWritten]),
        limit in 1_usize..60,
    ) {
        let mut bytes: Vec<u8> = odds.iter().enumerate().flat_map(|(number, odd)| line(number, odd)).collect();
        match end {
            End::Whole => {}
            End::NoLineBreak => bytes.extend(asks("last", 9, "no line break").trim_end().bytes()),
            End::HalfWritten => bytes.extend(&asks("half", 9, "written").into_bytes()[..40]),
        }
        let dir = with_text(&bytes);
        let conversation = of(&dir, &["s1"]);
        let back: Vec<Brief> = walk(&conversation, limit).iter().map(brief).collect();
        let plainly = plainly(&bytes);
        prop_assert_eq!(&back, &plainly);
        let mut forth = Vec::new();
        let _ = conversation
            .forth(None, &mut |place, line| {
                forth.extend(Entry::read(place, &line).filter(Entry::is_shown).map(|entry| brief(&entry)));
                ControlFlow::Continue(())
            })
            .unwrap();
        prop_assert_eq!(&forth, &plainly);
    }
}

/// Chunks of 64 KB: line breaks just before, at and behind each edge.
#[test]
fn lines_that_end_at_the_edge_of_a_chunk() {
    let edge = 64 << 10;
    let frame = asks("a", 1, "").len();
    for length in [edge - 1, edge, edge + 1, 2 * edge - 1, 2 * edge, 2 * edge + 1] {
        let text = [asks("a", 1, "first"), asks("b", 2, &"x".repeat(length - frame)), asks("c", 3, "last")].concat();
        let dir = with_text(&text);
        let ids: Vec<_> = walk(&of(&dir, &["s1"]), 1).into_iter().map(|entry| entry.id.unwrap()).collect();
        assert_eq!(ids, ["a", "b", "c"], "{length}");
    }
}

#[test]
fn a_transcript_of_nothing_is_no_conversation() {
    for text in ["", "\n", "\n\n\n", "{", "null"] {
        let dir = with_text(text);
        let page = page::page(&of(&dir, &["s1"]), &ask(None, 50)).unwrap();
        assert_eq!((page.entries.len(), page.before), (0, None), "{text:?}");
    }
}

/// A record whose `parentId` is this one.
fn child(id: &str, parent: &str) -> String {
    message(id, 1, "user", json!(id), Value::Null).replace("\"parentId\":null", &format!("\"parentId\":\"{parent}\""))
}

fn side_branches(text: &str, limit: usize) -> String {
    let dir = with_text(text);
    let entries = walk(&of(&dir, &["s1"]), limit);
    entries.into_iter().filter(|entry| entry.side_branch).filter_map(|entry| entry.id).collect()
}

/// `a` was answered by `b` and `c`, then somebody went back to `a` and went on with `d` and `e`.
#[test]
fn side_branches_are_marked_whatever_the_size_of_a_page() {
    let text = [child("a", "none"), child("b", "a"), child("c", "b"), child("d", "a"), child("e", "d")].concat();
    for limit in [1, 2, 3, 4, 5, 50] {
        assert_eq!(side_branches(&text, limit), "bc", "by {limit}");
    }
}

/// Two that write at once: the one that wrote last is the conversation.
#[test]
fn of_two_interwoven_branches_the_last_one_counts() {
    let text = [child("a", "none"), child("b", "a"), child("m", "a"), child("c", "b"), child("n", "m")].concat();
    for limit in [1, 2, 3, 50] {
        assert_eq!(side_branches(&text, limit), "bc", "by {limit}");
    }
}

#[test]
fn parents_that_are_missing_or_go_in_a_circle_mark_nothing() {
    for text in [
        [child("a", "b"), child("b", "a"), child("c", "c")].concat(),
        [child("a", "nowhere"), child("b", "gone"), child("c", "lost")].concat(),
        [child("a", "c"), child("b", "a"), child("c", "b")].concat(),
        [child("a", "a"), child("a", "a"), child("a", "a")].concat(),
    ] {
        for limit in [1, 2, 50] {
            assert_eq!(side_branches(&text, limit), "", "by {limit}: {text}");
            assert_eq!(walk(&of(&with_text(&text), &["s1"]), limit).len(), 3);
        }
    }
}
