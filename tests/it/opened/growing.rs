//! A transcript that grows, is reset, cut or written anew while it is read.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};

use factory_dashboard::conversation::entry::Entry;
use factory_dashboard::conversation::page::{self, Ask};
use factory_dashboard::conversation::{Conversation, Cursor};
use proptest::prelude::*;
use serde_json::json;

use super::paging::{brief, of};
use crate::support::opened::{Brief, House, MAIN, answers, asks, begun_anew, briefs, expected, records, with_text};
use crate::support::{NOW, StateDir};

/// What happens between two questions.
#[derive(Clone, Debug)]
enum Happens {
    /// So many lines come.
    Lines(usize),
    /// The first half of a line, and its second half with the next lines.
    Half,
    /// The transcript is renamed, and the next line begins a new one.
    Reset,
    /// Somebody asks for so many at most.
    Asked(usize),
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        3 => (1_usize..9).prop_map(Happens::Lines),
        2 => Just(Happens::Half),
        1 => Just(Happens::Reset),
        4 => (1_usize..6).prop_map(Happens::Asked),
    ]
}

/// Writes a transcript as OpenClaw does, and remembers what it wrote.
struct Writer<'a> {
    dir: &'a StateDir,
    ids: Vec<String>,
    written: usize,
    half: Option<Vec<u8>>,
    all: Vec<Brief>,
    is_new: bool,
}

impl<'a> Writer<'a> {
    fn new(dir: &'a StateDir) -> Self {
        Self { dir, ids: vec!["s1".to_owned()], written: 0, half: None, all: Vec::new(), is_new: false }
    }

    fn file(&self) -> String {
        format!("agents/main/sessions/{}.jsonl", self.ids.last().unwrap())
    }

    fn append(&self, bytes: &[u8]) {
        let path = self.dir.path(&self.file());
        OpenOptions::new().create(true).append(true).open(path).unwrap().write_all(bytes).unwrap();
    }

    fn next_line(&mut self) -> String {
        self.written += 1;
        let line = asks(&format!("e{}", self.written), 1, &"말".repeat(self.written % 7));
        if std::mem::take(&mut self.is_new) {
            self.all.push(begun_anew());
        }
        self.all.extend(expected(&records(&line)));
        line
    }

    fn happens(&mut self, what: &Happens) {
        if let Some(rest) = self.half.take() {
            self.append(&rest);
        }
        match what {
            Happens::Lines(count) => {
                for _ in 0..*count {
                    let line = self.next_line();
                    self.append(line.as_bytes());
                }
            }
            Happens::Half => {
                let line = self.next_line();
                let (first, rest) = line.as_bytes().split_at(line.len() / 3);
                self.append(first);
                self.half = Some(rest.to_owned());
            }
            Happens::Reset if !self.is_new => {
                let archive = format!("{}.reset.2026-11-24T11-00-{:02}.000Z", self.file(), self.ids.len());
                fs::rename(self.dir.path(&self.file()), self.dir.path(&archive)).unwrap();
                self.ids.push(format!("s{}", self.ids.len() + 1));
                self.is_new = true;
            }
            Happens::Reset | Happens::Asked(_) => {}
        }
    }

    fn conversation(&self) -> Conversation {
        of(self.dir, &self.ids.iter().map(String::as_str).collect::<Vec<_>>())
    }
}

fn newest(conversation: &Conversation, limit: usize) -> (Vec<Entry>, Cursor) {
    let page = page::page(conversation, &Ask { before: None, limit, search: None }).unwrap();
    (page.entries, page.after.unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn each_new_entry_comes_once_and_in_order(story in prop::collection::vec(happens(), 1..30)) {
        let dir = with_text(asks("first", 1, "the beginning"));
        let mut writer = Writer::new(&dir);
        let (_, mut after) = newest(&writer.conversation(), 50);
        let mut seen = Vec::new();
        let end = [Happens::Lines(1), Happens::Asked(500)];
        for what in story.iter().chain(&end) {
            writer.happens(what);
            let Happens::Asked(limit) = what else { continue };
            let page = page::after(&writer.conversation(), after, *limit).unwrap().expect("the place is still there");
            seen.extend(page.entries.iter().map(brief));
            after = page.after.unwrap();
        }
        prop_assert_eq!(seen, writer.all);
    }
}

/// The newest page and what comes after it fit together, whatever is written in between.
#[test]
fn nothing_is_told_twice_while_somebody_writes() {
    let dir = with_text(asks("n0", 1, "the beginning"));
    let is_done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut file = OpenOptions::new().append(true).open(dir.path("agents/main/sessions/s1.jsonl")).unwrap();
            for number in 1.. {
                if is_done.load(Ordering::Relaxed) {
                    break;
                }
                file.write_all(asks(&format!("n{number}"), 1, "more").as_bytes()).unwrap();
            }
        });
        for _ in 0..150 {
            let conversation = of(&dir, &["s1"]);
            let (entries, after) = newest(&conversation, 3);
            let more = page::after(&conversation, after, 3).unwrap().unwrap();
            let number = |entry: &Entry| entry.id.as_ref().unwrap()[1..].parse::<usize>().unwrap();
            let numbers: Vec<usize> = entries.iter().chain(&more.entries).map(number).collect();
            assert!(numbers.windows(2).all(|two| two[0] + 1 == two[1]), "{numbers:?}");
        }
        is_done.store(true, Ordering::Relaxed);
    });
}

#[tokio::test]
async fn a_reset_between_two_questions_loses_nothing_and_doubles_nothing() {
    let dir = with_text([asks("a", 1, "one"), answers("b", 2, "two")].concat());
    let mut house = House::of(dir.root());
    let page = house.page(MAIN, "").await;
    let folder = |name: &str| dir.path(&format!("agents/main/sessions/{name}"));
    fs::write(folder("s1.jsonl"), [asks("a", 1, "one"), answers("b", 2, "two"), asks("c", 3, "three")].concat())
        .unwrap();
    fs::rename(folder("s1.jsonl"), folder("s1.jsonl.reset.2026-11-24T11-30-00.000Z")).unwrap();
    dir.index(&[("main", json!({"sessionId": "s2", "updatedAt": NOW - 1_000}))]);
    dir.transcript("s2.jsonl", &[asks("d", 1801, "four"), answers("e", 1802, "five")]);
    house.read();
    let after = page["after"].as_str().unwrap();
    let (rest, _) = house.server().walk_forth(MAIN, after, 1).await;
    let ids: Vec<&str> = rest.iter().map(|one| one["entryId"].as_str().unwrap_or("|")).collect();
    assert_eq!(ids, ["c", "|", "d", "e"]);
    let all = briefs(&house.server().walk_back(MAIN, 2).await);
    let ids: Vec<&str> = all.iter().map(|(_, id, _)| id.as_deref().unwrap_or("|")).collect();
    assert_eq!(ids, ["a", "b", "c", "|", "d", "e"]);
}

/// Whether asking for what came after the newest page says that the transcript is another one.
async fn is_reset(before: &str, then: &str) -> bool {
    let dir = with_text(before);
    let mut house = House::of(dir.root());
    let page = house.page(MAIN, "").await;
    dir.write("agents/main/sessions/s1.jsonl", then);
    let again = house.read().page(MAIN, &format!("after={}", page["after"].as_str().unwrap())).await;
    let newest = expected(&records(then));
    if again["reset"] == true {
        assert_eq!(briefs(again["messages"].as_array().unwrap()), newest, "the newest page comes");
    }
    again["reset"] == true
}

#[tokio::test]
async fn a_transcript_that_was_cut_or_written_anew_says_reset() {
    let before = [asks("a", 1, "one"), answers("b", 2, "two"), asks("c", 3, "three")].concat();
    assert!(!is_reset(&before, &[before.clone(), asks("d", 4, "four")].concat()).await, "it only grew");
    assert!(is_reset(&before, &asks("z", 1, "short")).await, "it is shorter");
    assert!(is_reset(&before, "").await, "it is empty");
    let longer = asks("z", 1, &"x".repeat(before.len()));
    assert!(is_reset(&before, &longer).await, "no line begins at the old end");
    // A brace stands just before the old end, in the middle of a line.
    let head = "{\"type\":\"message\",\"id\":\"z\",\"message\":{\"role\":\"user\",\"content\":\"";
    let brace = format!("{head}{}}}}} and on\"}}}}\n", "x".repeat(before.len() - head.len() - 1));
    assert_eq!(brace.as_bytes()[before.len() - 1], b'}');
    assert!(is_reset(&before, &brace).await, "a brace is not the end of a line");
}

#[tokio::test]
async fn a_last_line_without_its_line_break_is_told_once() {
    let dir = with_text([asks("a", 1, "one"), asks("b", 2, "two")].concat().trim_end());
    let mut house = House::of(dir.root());
    let page = house.page(MAIN, "").await;
    assert_eq!(page["messages"].as_array().unwrap().len(), 2);
    dir.transcript("s1.jsonl", &[asks("a", 1, "one"), asks("b", 2, "two"), asks("c", 3, "three")]);
    let (rest, _) = house.server().walk_forth(MAIN, page["after"].as_str().unwrap(), 5).await;
    assert_eq!(rest.iter().map(|one| &one["entryId"]).collect::<Vec<_>>(), ["c"]);
}
