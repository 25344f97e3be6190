//! Looking for a text in a conversation.

use serde_json::{Value, json};

use crate::support::opened::{House, MAIN, answer, answers, asks, encoded, list, message, with_text};

async fn found(house: &mut House, text: &str) -> Vec<String> {
    let page = house.page(MAIN, &format!("q={}", encoded(text))).await;
    assert_eq!(page["searched"]["done"], true, "{page}");
    list(&page["messages"]).iter().map(|one| one["entryId"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn every_shown_text_is_looked_through_in_any_case() {
    let calls = json!([
        {"type": "thinking", "thinking": "Perhaps the WAREHOUSE"},
        {"type": "toolCall", "id": "t", "name": "Inventory_Look", "arguments": {"shelf": "Top \"left\"", "한글": "서울 창고"}},
    ]);
    let result = json!({"toolCallId": "t", "toolName": "Inventory_Look"});
    let mut failed = answer("error");
    failed["errorMessage"] = json!("529 Überlastet");
    let dir = with_text(
        [
            asks("a", 0, "Wo ist der Schlüssel? C:\\temp\\new \"quoted\""),
            message("b", 1, "assistant", calls, answer("toolUse")),
            message("c", 2, "toolResult", json!([{"type": "text", "text": "line one\nline TWO\t/usr/bin"}]), result),
            message("d", 3, "assistant", json!([]), failed),
            format!("{}\n", json!({"type": "compaction", "id": "e", "summary": "Everything about 부엌"})),
            answers("f", 5, "한국어로 답합니다. ΣΊΣΥΦΟΣ"),
        ]
        .concat(),
    );
    let mut house = House::of(dir.root());
    for (text, ids) in [
        ("schlüssel", vec!["a"]),
        ("SCHLÜSSEL?", vec!["a"]),
        ("C:\\temp\\new", vec!["a"]),
        ("\"QUOTED\"", vec!["a"]),
        ("warehouse", vec!["b"]),
        ("inventory_look", vec!["b", "c"]),
        ("서울 창고", vec!["b"]),
        ("한글", vec!["b"]),
        ("one\nline two", vec!["c"]),
        ("two\t/usr", vec!["c"]),
        ("überlastet", vec!["d"]),
        ("부엌", vec!["e"]),
        ("한국어로", vec!["f"]),
        ("\n", vec!["b", "c"]),
        ("nowhere at all", vec![]),
        (".*", vec![]),
        // Fields that are not shown are not looked through.
        ("toolUse", vec![]),
        ("timestamp", vec![]),
    ] {
        assert_eq!(found(&mut house, text).await, ids, "{text:?}");
    }
}

#[tokio::test]
async fn hits_come_in_pages_until_the_beginning_is_reached() {
    let line = |number: u32| {
        let word = if number.is_multiple_of(7) { "needle" } else { "hay" };
        asks(&format!("n{number}"), number, word)
    };
    let dir = with_text((0..200).map(line).collect::<String>());
    let house = &mut House::of(dir.root());
    let mut ids: Vec<String> = Vec::new();
    let mut before = String::new();
    loop {
        let page = house.page(MAIN, &format!("q=NEEDLE&limit=4{before}")).await;
        let found = list(&page["messages"]);
        ids.splice(0..0, found.iter().map(|one| one["entryId"].as_str().unwrap().to_owned()));
        let Some(place) = page["before"].as_str() else {
            assert_eq!(page["searched"]["done"], true);
            break;
        };
        assert_eq!((&page["searched"]["done"], found.len()), (&Value::Bool(false), 4));
        before = format!("&before={place}");
    }
    assert_eq!(
        ids,
        (0..200).filter(|number: &u32| number.is_multiple_of(7)).map(|number| format!("n{number}")).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn an_empty_text_is_no_search() {
    let dir = with_text(asks("a", 0, "hello"));
    let page = House::of(dir.root()).page(MAIN, "q=").await;
    assert_eq!((list(&page["messages"]).len(), &page["searched"]), (1, &Value::Null));
}
