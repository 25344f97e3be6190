//! A transcript that arrives in pieces gives what the whole gives, wherever it is cut.

use proptest::prelude::*;
use serde_json::json;

use crate::support::{World, assistant, call, header, one_session, tokens, user};

fn whole() -> String {
    [
        header("s1"),
        user("11:00:00"),
        call("a", "11:00:01", [10, 1, 0, 0], Some(0.1)),
        assistant("b", "11:00:02", json!({"input": 1.5, "output": 2}), "toolUse"),
        "{\"type\":\"message\",\"broken\n".to_owned(),
        call("c", "11:00:03", [5, 2, 1, 1], None),
        user("11:00:04").replace("hello", "한국어 🦀"),
    ]
    .concat()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_split_gives_the_same(mut cuts in prop::collection::vec(0_usize..1500, 0..6)) {
        let text = whole().into_bytes();
        cuts.push(text.len());
        cuts.sort_unstable();
        check(&text, &cuts);
    }
}

/// Between a record and its line break, where a record that costs a remark is read twice.
#[test]
fn a_cut_before_a_line_break_counts_once() {
    let text = whole().into_bytes();
    for at in memchr::memchr_iter(b'\n', &text) {
        check(&text, &[at, text.len()]);
    }
}

fn check(text: &[u8], cuts: &[usize]) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let dir = one_session(&[]);
    let mut world = World::of(dir.root());
    for cut in cuts {
        dir.write("agents/main/sessions/s1.jsonl", &text[..(*cut).min(text.len())]);
        world.read();
    }
    let row = runtime.block_on(world.session("agent:main:main"));
    assert_eq!(tokens(&row), [16, 5, 1, 1]);
    assert_eq!(&row["calls"], &json!(3));
    assert_eq!(&row["runState"], &json!("running"));
    let counts: u64 = runtime.block_on(world.skipped()).iter().map(|(.., count)| count).sum();
    assert_eq!(counts, 2);
}
