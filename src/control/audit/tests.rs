use std::os::unix::fs::PermissionsExt;

use super::*;

fn stop(key: &str) -> Beginning<'_> {
    Beginning {
        who: "bearer",
        from: Some("127.0.0.1".to_owned()),
        installation: "here",
        action: "stop",
        key: Some(key),
        task_id: None,
        message_length: None,
    }
}

fn keys(page: &Page) -> Vec<&str> {
    page.entries.iter().filter_map(|entry| entry.key.as_deref()).collect()
}

fn outcomes(page: &Page) -> Vec<&str> {
    page.entries.iter().map(|entry| entry.outcome.as_str()).collect()
}

#[test]
fn beginnings_and_ends_are_one_entry() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("new").join("audit.jsonl");
    for log in [AuditLog::in_memory(), AuditLog::in_file(path.clone())] {
        assert!(log.page(10, None).unwrap().entries.is_empty());
        let first = log.begin(&stop("a"), 5000).unwrap();
        let second = log.begin(&stop("b"), 4000).unwrap();
        assert!(first < second, "the clock went back");
        log.end(&second, Outcome::NotRunning, "no-active-run", 7).unwrap();
        let page = log.page(10, None).unwrap();
        assert_eq!((keys(&page), outcomes(&page)), (vec!["b", "a"], vec!["not_running", "pending"]));
        assert_eq!((page.entries[0].duration_ms, page.entries[1].duration_ms), (Some(7), None));
        log.end(&first, Outcome::Done, "aborted", 900).unwrap();
        assert_eq!(outcomes(&log.page(10, None).unwrap()), ["not_running", "done"]);
        let page = log.page(1, None).unwrap();
        assert_eq!((keys(&page), page.has_more), (vec!["b"], true));
        let page = log.page(1, Some(&page.entries[0].id)).unwrap();
        assert_eq!((keys(&page), page.has_more, outcomes(&page)), (vec!["a"], false, vec!["done"]));
    }
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn what_a_crash_left_is_told_as_it_is() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("audit.jsonl");
    let log = AuditLog::in_file(path.clone());
    let first = log.begin(&stop("whole"), 1000).unwrap();
    log.end(&first, Outcome::Done, "aborted", 1).unwrap();
    log.begin(&stop("open"), 2000).unwrap();
    let mut file = OpenOptions::new().append(true).open(&path).unwrap();
    file.write_all(b"\xff\xfe\n[1]\n{\"id\":\"x\"}\n{\"id\":\"00000000").unwrap();
    let log = AuditLog::in_file(path.clone());
    let page = log.page(10, None).unwrap();
    assert_eq!((keys(&page), outcomes(&page)), (vec!["open", "whole"], vec!["unknown", "done"]));
    assert!(page.entries[0].detail.contains("ended before"));
    let id = log.begin(&stop("next"), 0).unwrap();
    assert!(id > page.entries[0].id, "ids rise over restarts, whatever the clock says");
    let page = log.page(10, None).unwrap();
    assert_eq!((keys(&page), outcomes(&page)), (vec!["next", "open", "whole"], vec!["pending", "unknown", "done"]));
}

#[test]
fn a_long_log_is_read_from_its_end() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("audit.jsonl");
    let log = AuditLog::in_file(path.clone());
    let mut lines = String::new();
    // Longer than a block, with a line that no block holds.
    for number in 0..3000 {
        let id = entry::id((number + 1) << 12);
        lines.push_str(&serde_json::to_string(&Begun::new(&id, 0, &stop(&format!("k{number}")))).unwrap());
        lines.push('\n');
        if number == 1500 {
            lines.push_str(&"x".repeat(1 << 20));
            lines.push('\n');
        }
    }
    fs::write(&path, lines).unwrap();
    let mut found = Vec::new();
    let mut before: Option<String> = None;
    loop {
        let page = log.page(700, before.as_deref()).unwrap();
        found.extend(page.entries.iter().map(|entry| entry.key.clone().unwrap()));
        before = page.entries.last().map(|entry| entry.id.clone());
        if !page.has_more {
            break;
        }
    }
    let expected: Vec<String> = (0..3000).rev().map(|number| format!("k{number}")).collect();
    assert_eq!(found, expected);
}

#[test]
fn a_log_that_cannot_be_written_says_so() {
    let folder = tempfile::TempDir::new().unwrap();
    let log = AuditLog::in_file(folder.path().to_owned());
    assert!(log.begin(&stop("a"), 1).is_err());
}

#[test]
fn ids_are_told_from_other_texts() {
    assert!(is_id(&entry::id(7)) && entry::id(7) < entry::id(8) && entry::id(31) < entry::id(32));
    for other in ["", "x", "0000000000000000", "ééééééé"] {
        assert!(!is_id(other), "{other}");
    }
}
