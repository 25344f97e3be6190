//! Transcripts → calls: bytes in memory, and files as the source reads them.

use std::fs;
use std::path::Path;

use divan::Bencher;
use divan::counter::BytesCount;
use factory_dashboard::clock::ManualClock;
use factory_dashboard::domain::event::{Event, Positions};
use factory_dashboard::source::files::FilesReader;
use factory_dashboard::source::records::Found;
use factory_dashboard::source::tail::{LineBuffer, read_stream};
use tempfile::TempDir;

use super::inputs::{NOW, transcript};

/// One transcript of 16 MB in memory.
#[divan::bench(sample_count = 20)]
fn lines_in_memory(bencher: Bencher) {
    let (text, calls) = transcript(1, 16 << 20);
    let mut buffer = LineBuffer::default();
    bencher.counter(BytesCount::new(text.len())).bench_local(|| {
        let mut found = Found::default();
        read_stream(&text[..], &mut buffer, &mut found).expect("memory can be read");
        assert_eq!(found.calls.len(), calls);
        found
    });
}

/// A state directory of 64 MB in files of 256 KB.
#[divan::bench(sample_count = 20)]
fn state_directory(bencher: Bencher) {
    let folder = TempDir::new().expect("a scratch folder");
    let sessions = folder.path().join("agents/main/sessions");
    fs::create_dir_all(&sessions).expect("a folder");
    let (mut bytes, mut calls) = (0, 0);
    for file in 0..256 {
        let (text, found) = transcript(file, 256 << 10);
        bytes += text.len();
        calls += found;
        fs::write(sessions.join(format!("s{file}.jsonl")), text).expect("a file");
    }
    bencher.counter(BytesCount::new(bytes)).bench_local(|| assert_eq!(calls_below(folder.path()), calls));
}

/// Reads everything once, as after a first start.
fn calls_below(root: &Path) -> usize {
    let mut reader = FilesReader::new("bench".into(), root.to_owned(), Positions::new());
    let mut calls = 0;
    let clock = ManualClock::at(NOW);
    let read = reader.refresh(&clock, &mut |events| {
        for event in events {
            if let Event::CallsRead { calls: some, .. } = event {
                calls += some.len();
            }
        }
        Ok(())
    });
    read.expect("the sink takes everything");
    calls
}
