//! Packed transcripts: read like any other, and the end of a large one without unpacking it.

use std::fs::{self, File};
use std::ops::ControlFlow;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use axum::http::StatusCode;
use factory_dashboard::conversation::{Conversation, Cursor};
use factory_dashboard::source::packed::ends::Ends;
use rusqlite::Connection;
use serde_json::json;

use crate::support::opened::{
    House, MAIN, answers, asks, briefs, expected, ids, lines, list, path, recorded, recording, with_text,
};
use crate::support::{NOW, StateDir};

const PACKED: &str = "agents/main/sessions/s1.jsonl.deleted.2026-11-24T11-30-00.000Z.77.zst";

/// A session whose earlier transcript is a packed file.
fn with_archive(bytes: &[u8]) -> (StateDir, House) {
    let dir = StateDir::new();
    dir.index(&[("main", json!({"sessionId": "s1", "updatedAt": NOW}))]);
    dir.transcript("s1.jsonl", &[asks("a", 1, "one"), answers("b", 2, "two")]);
    let mut house = House::of(dir.root());
    fs::remove_file(dir.path("agents/main/sessions/s1.jsonl")).unwrap();
    dir.write("agents/main/sessions/s1.jsonl.reset.2026-11-24T11-30-00.000Z.77.zst", bytes);
    dir.index(&[("main", json!({"sessionId": "s2", "updatedAt": NOW}))]);
    dir.transcript("s2.jsonl", &[asks("c", 1801, "three"), answers("d", 1802, "four")]);
    house.read();
    (dir, house)
}

#[tokio::test]
async fn a_damaged_archive_hides_itself_and_nothing_else() {
    let text = [asks("a", 1, "one"), answers("b", 2, "two")].concat();
    let whole = zstd::encode_all(text.as_bytes(), 3).unwrap();
    let (_dir, house) = &mut with_archive(&whole);
    assert_eq!(ids(&house.server().walk_back(MAIN, 1).await), ["a", "b", "-", "c", "d"]);

    for damaged in [whole[..whole.len() / 2].to_vec(), b"this was never packed".to_vec(), Vec::new()] {
        let is_empty = damaged.is_empty();
        let (_dir, house) = &mut with_archive(&damaged);
        let server = house.server();
        let page = server.get(&path(MAIN, "/messages")).await;
        assert_eq!(ids(&list(&page["messages"])).last(), Some(&"d"), "{page}");
        let detail = server.get(&path(MAIN, "")).await;
        assert_eq!((&detail["usage"]["calls"], &detail["runs"][0]["prompt"]), (&json!(2), &json!("three")));
        let Some(before) = page["before"].as_str() else {
            assert!(is_empty, "an empty file holds nothing");
            continue;
        };
        let (status, problem) = server.get_any(&path(MAIN, &format!("/messages?before={before}"))).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{problem}");
        let words = problem["detail"].as_str().unwrap();
        assert!(words.contains("damaged"), "{words}");
    }
}

#[tokio::test]
async fn an_export_over_a_damaged_archive_is_cut_off() {
    use http_body_util::BodyExt;
    let (_dir, mut house) = with_archive(b"this was never packed");
    let request = axum::http::Request::get(path(MAIN, "/export?format=json")).body(axum::body::Body::empty()).unwrap();
    let response = house.server().send(request).await;
    assert!(response.into_body().collect().await.is_err(), "the reader can tell that it is not whole");
}

/// OpenClaw keeps what it deletes in a table before it publishes it as a file.
#[tokio::test]
async fn archives_in_tables_are_read() {
    let (dir, database) = recording();
    let id = "ff3a4536-e04e-47ea-a5b4-67e24c1d4c82";
    let mut house = House::of(dir.root());
    let said = expected(&recorded(dir.root(), "main", id));
    let text = lines(&recorded(dir.root(), "main", id));
    let usage = house.detail(MAIN).await["usage"].clone();
    let writer = Connection::open(&database).unwrap();
    writer.execute_batch("pragma foreign_keys = off").unwrap();
    for (encoding, blob) in
        [("zstd", zstd::encode_all(text.as_bytes(), 3).unwrap()), ("identity", text.clone().into_bytes())]
    {
        writer.execute("delete from transcript_events where session_id = ?1", [id]).unwrap();
        writer.execute("delete from session_nodes where session_key = ?1", [MAIN]).unwrap();
        writer.execute("delete from session_transcript_archives", []).unwrap();
        let sql = "insert into session_transcript_archives
            (session_id, generation, session_key, reason, encoding, archive_blob, archive_sha256, archive_name, created_at)
            values (?1, 'g', ?2, 'deleted', ?3, ?4, ?5, 'a', 0)";
        writer.execute(sql, (id, MAIN, encoding, blob, "0".repeat(64))).unwrap();
        let gone = house.read().detail(MAIN).await;
        assert_eq!((&gone["gone"], &gone["usage"]), (&json!(true), &usage), "{encoding}");
        assert_eq!(gone["transcripts"][0]["state"], "deleted", "{encoding}");
        for limit in [1, 7, 200] {
            assert_eq!(briefs(&house.server().walk_back(MAIN, limit).await), said, "{encoding} by {limit}");
        }
        let first = house.server().walk_back(MAIN, 200).await.remove(0);
        let (rest, _) = house.server().walk_forth(MAIN, first["id"].as_str().unwrap(), 7).await;
        assert_eq!(briefs(&rest), said, "{encoding}");
    }
}

/// A session that was deleted, with a transcript of 48 MB: its lines, 4 KB each.
fn large() -> (StateDir, Vec<String>) {
    let filling = "lorem ipsum ".repeat(330);
    let line = |at: u32| match at % 2 {
        0 => asks(&format!("e{at}"), at / 2 + 1, &format!("{at} {filling}")),
        _ => answers(&format!("e{at}"), at / 2 + 1, &format!("{at} {filling}")),
    };
    let text: Vec<String> = (0..12_000).map(line).collect();
    let dir = with_text("");
    fs::remove_file(dir.path("agents/main/sessions/s1.jsonl")).unwrap();
    dir.write(PACKED, zstd::encode_all(text.concat().as_bytes(), 1).unwrap());
    (dir, text)
}

/// Where each line begins, and where the last one ends.
fn offsets(text: &[String]) -> Vec<u64> {
    let mut at = 0;
    let mut offsets = vec![0];
    offsets.extend(text.iter().map(|line| {
        at += line.len() as u64;
        at
    }));
    offsets
}

/// Each line without its break, and where it stands.
fn placed(text: &[String]) -> Vec<(u64, String)> {
    offsets(text).into_iter().zip(text.iter().map(|line| line.trim_end().to_owned())).collect()
}

fn found(dir: &StateDir, ends: &Ends) -> Conversation {
    Conversation::find(dir.root(), &"main".into(), &["s1".into()], ends).unwrap()
}

/// So many lines before a place, the oldest first, with where each stands.
fn before(conversation: &Conversation, at: Option<Cursor>, limit: usize) -> std::io::Result<Vec<(u64, String)>> {
    let mut lines = Vec::new();
    let _ = conversation.back(at, &mut |_, line| {
        lines.push((line.at, String::from_utf8(line.bytes.unwrap().to_vec()).unwrap()));
        if lines.len() == limit { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    lines.reverse();
    Ok(lines)
}

/// Puts other bytes into the middle of a file, and hides it.
fn break_in_the_middle(path: &Path) {
    let changed = fs::metadata(path).unwrap().modified().unwrap();
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 512].fill(0x5a);
    fs::write(path, bytes).unwrap();
    File::options().write(true).open(path).unwrap().set_modified(changed).unwrap();
}

fn kept(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.map(|entry| entry.unwrap().path()).collect()
}

#[tokio::test]
async fn the_end_of_a_large_archive_is_kept_when_the_ledger_reads_it() {
    let (dir, text) = large();
    let (data, offsets) = (StateDir::new(), offsets(&text));
    let folder = data.path("archive-ends");
    let mut house = House::keeping(dir.root(), Ends::in_folder(&folder));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(kept(&folder).iter().map(|file| mode(file)).collect::<Vec<_>>(), [0o600]);
    assert_eq!(mode(&folder), 0o700);

    // With and without it, in steps that cross where it begins: the same lines at the same places.
    for ends in [Ends::in_folder(&folder), Ends::default()] {
        let conversation = found(&dir, &ends);
        let place = conversation.places[0].number;
        let (mut at, mut left) = (None, text.len());
        for limit in [50, 1_200, 300, 1] {
            let lines = before(&conversation, at, limit).unwrap();
            let wanted: Vec<(u64, String)> =
                (left - limit..left).map(|line| (offsets[line], text[line].trim_end().to_owned())).collect();
            assert!(lines == wanted, "{limit} lines before {left}");
            left -= limit;
            at = Some(Cursor { place, at: offsets[left] });
        }
        for line in [text.len() - 1, text.len() - 40, 5_000] {
            let mut next = Vec::new();
            let _ = conversation
                .forth(Some(Cursor { place, at: offsets[line] }), &mut |_, line| {
                    next.push((line.at, line.next));
                    if next.len() == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                })
                .unwrap();
            let wanted: Vec<(u64, u64)> =
                (line..text.len().min(line + 2)).map(|line| (offsets[line], offsets[line + 1])).collect();
            assert_eq!(next, wanted);
        }
    }

    // A kept end that is damaged costs time and nothing else.
    let whole = fs::read(&kept(&folder)[0]).unwrap();
    fs::write(&kept(&folder)[0], &whole[..whole.len() - 100]).unwrap();
    let conversation = found(&dir, &Ends::in_folder(&folder));
    let newest = before(&conversation, None, 50).unwrap();
    assert_eq!((newest.len(), &newest[49].1[..]), (50, text[11_999].trim_end()));
    let last = Cursor { place: conversation.places[0].number, at: offsets[11_900] };
    let mut left = 0;
    let _ = conversation.forth(Some(last), &mut |_, _| {
        left += 1;
        ControlFlow::Continue(())
    });
    assert_eq!(left, 100);
    fs::write(&kept(&folder)[0], &whole).unwrap();

    // What stands in the middle is not looked at for the newest page.
    break_in_the_middle(&dir.path(PACKED));
    let page = house.page(MAIN, "").await;
    assert_eq!(ids(&list(&page["messages"]))[..], (11_950..12_000).map(|at| format!("e{at}")).collect::<Vec<_>>()[..]);
    fs::remove_file(&kept(&folder)[0]).unwrap();
    let (status, _) = house.server().get_any(&path(MAIN, "/messages")).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "without what was kept");
}

/// Whoever searches goes on and on; text that packs badly is held in smaller parts.
#[test]
fn a_large_archive_is_read_backwards_to_its_beginning() {
    let (dir, text) = large();
    assert!(before(&found(&dir, &Ends::default()), None, usize::MAX).unwrap() == placed(&text));

    let mut state = 1_u64;
    let mut noise = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        format!("{state:x}")
    };
    let text: Vec<String> =
        (0..700).map(|at| asks(&format!("n{at}"), at, &(0..6_000).map(|_| noise()).collect::<String>())).collect();
    let packed = zstd::encode_all(text.concat().as_bytes(), 1).unwrap();
    assert!(packed.len() > 30 << 20, "{} bytes", packed.len());
    dir.write(PACKED, packed);
    assert!(before(&found(&dir, &Ends::default()), None, usize::MAX).unwrap() == placed(&text));

    // Lines that are longer than what is held at first.
    let long = |id: &str, size: usize| asks(id, 1, &"x".repeat(size << 20));
    let text = [asks("a", 0, "one"), long("b", 20), asks("c", 2, "two"), long("d", 12), asks("e", 4, "three")];
    dir.write(PACKED, zstd::encode_all(text.concat().as_bytes(), 1).unwrap());
    let conversation = found(&dir, &Ends::default());
    assert!(before(&conversation, None, usize::MAX).unwrap() == placed(&text));
    for end in 1..text.len() {
        let at = Cursor { place: conversation.places[0].number, at: offsets(&text)[end] };
        assert!(before(&conversation, Some(at), 1).unwrap() == placed(&text)[end - 1..end], "before line {end}");
    }
}

#[test]
fn an_end_goes_with_its_archive() {
    let (dir, _) = large();
    let data = StateDir::new();
    let folder = data.path("archive-ends");
    let mut house = House::keeping(dir.root(), Ends::in_folder(&folder));
    assert_eq!(kept(&folder).len(), 1);

    // While the program runs.
    fs::rename(dir.path(PACKED), dir.path("away")).unwrap();
    house.read();
    assert_eq!(kept(&folder).len(), 0);

    // It is made again when somebody opens the session, by whoever finds none.
    fs::rename(dir.path("away"), dir.path(PACKED)).unwrap();
    let ends = Ends::in_folder(&folder);
    before(&found(&dir, &ends), None, 1).unwrap();
    assert_eq!(kept(&folder).len(), 1);

    // Another archive of that name is another one.
    dir.write(PACKED, zstd::encode_all(asks("z", 1, "another").as_bytes(), 1).unwrap());
    let lines = before(&found(&dir, &ends), None, 9).unwrap();
    assert_eq!(lines, [(0, asks("z", 1, "another").trim_end().to_owned())]);

    // While it does not run; and what was left half written, and what nobody can read.
    data.write("archive-ends/1.new", "half");
    data.write("archive-ends/2.zst", "no end");
    let _ = Ends::in_folder(&folder);
    assert_eq!(kept(&folder).len(), 0, "a small archive has none");
}

#[test]
fn without_messages_no_end_stays() {
    let (dir, _) = large();
    let data = StateDir::new();
    let folder = data.path("archive-ends");
    let _house = House::keeping(dir.root(), Ends::in_folder(&folder));
    assert_eq!(kept(&folder).len(), 1);
    let ends = Ends::none(&folder);
    let _house = House::keeping(dir.root(), ends.clone());
    before(&found(&dir, &ends), None, 1).unwrap();
    assert_eq!(kept(&folder).len(), 0);
}

/// The same for a large archive in a table: another row of that number is another one.
#[test]
fn the_end_of_a_large_archive_in_a_table_is_kept() {
    let (large, text) = large();
    let (dir, database) = recording();
    let data = StateDir::new();
    let folder = data.path("archive-ends");
    let writer = Connection::open(&database).unwrap();
    writer.execute_batch("pragma foreign_keys = off").unwrap();
    let put = |id: &str, blob: &[u8]| {
        writer.execute("delete from session_transcript_archives", []).unwrap();
        let sql = "insert into session_transcript_archives (rowid, session_id, generation, session_key, reason,
            encoding, archive_blob, archive_sha256, archive_name, created_at)
            values (7, ?1, 'g', ?2, 'deleted', 'zstd', ?3, ?4, 'a', 0)";
        writer.execute(sql, (id, MAIN, blob, "0".repeat(64))).unwrap();
    };
    put("s1", &fs::read(large.path(PACKED)).unwrap());
    let _house = House::keeping(dir.root(), Ends::in_folder(&folder));
    assert_eq!(kept(&folder).len(), 1);
    let offsets = offsets(&text);
    let ends = Ends::in_folder(&folder);
    assert_eq!(kept(&folder).len(), 1, "its archive is there");
    for ends in [&ends, &Ends::default()] {
        let lines = before(&found(&dir, ends), None, 1_400).unwrap();
        let wanted = 12_000 - 1_400..12_000;
        assert_eq!(lines.len(), wanted.len());
        let is_same =
            |(line, (at, found)): (usize, &(u64, String))| *at == offsets[line] && found == text[line].trim_end();
        assert!(wanted.zip(&lines).all(is_same));
    }
    put("s2", &zstd::encode_all(asks("z", 1, "another").as_bytes(), 1).unwrap());
    assert!(found(&dir, &ends).places.is_empty());
    let _ = Ends::in_folder(&folder);
    assert_eq!(kept(&folder).len(), 0);
}
