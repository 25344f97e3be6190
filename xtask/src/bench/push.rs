//! What it costs to tell a thousand readers, and to follow a thousand sessions that never rest.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use futures_util::StreamExt;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;

use super::server::Server;
use super::state::{self, Shape};
use super::time::now;
use super::year::answer;
use super::{Bench, Row, cold, median};

const READERS: u32 = 1000;
/// Rounds of changes, changes in each, and the pause between two.
const ROUNDS: u32 = 5;
const CHANGES: u32 = 10;
const PAUSE: Duration = Duration::from_millis(500);
/// Sessions that change in each.
const CHANGED: usize = 4;
/// How long a thousand sessions work.
const BUSY: u64 = 20;
/// Steps of a second in which they change by turns.
const STEPS: usize = 10;

/// The rows of this part.
pub fn rows(bench: &Bench) -> Result<Vec<Row>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let mut rows = readers(bench, &runtime)?;
    rows.extend(busy(bench, &runtime)?);
    Ok(rows)
}

/// A reader that counts what it is told.
#[derive(Default)]
struct Heard {
    changes: AtomicU64,
    bytes: AtomicU64,
    gaps: AtomicU64,
    stop: AtomicBool,
}

/// Reads until it is stopped; a stalled one takes nothing after its greeting.
async fn read(
    address: String,
    heard: Arc<Heard>,
    ready: tokio::sync::mpsc::Sender<()>,
    is_stalled: bool,
) -> Result<()> {
    let (mut socket, _) = tokio_tungstenite::connect_async(format!("ws://{address}/api/stream")).await?;
    let mut seq = None;
    while let Some(message) = socket.next().await {
        let Message::Text(text) = message? else { continue };
        let said: u64 = text
            .split_once("\"seq\":")
            .and_then(|(_, rest)| rest.split(',').next())
            .and_then(|seq| seq.parse().ok())
            .unwrap_or_default();
        if seq.is_none() {
            ready.send(()).await?;
            if is_stalled {
                while !heard.stop.load(Ordering::Relaxed) {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                return Ok(());
            }
        } else {
            heard.changes.fetch_add(1, Ordering::Relaxed);
            heard.bytes.fetch_add(text.len() as u64, Ordering::Relaxed);
            if seq != Some(said.wrapping_sub(1)) {
                heard.gaps.fetch_add(1, Ordering::Relaxed);
            }
        }
        seq = Some(said);
    }
    Ok(())
}

/// Connects so many readers, and waits until each has its snapshot.
fn connect(
    runtime: &Runtime,
    server: &Server,
    heard: &Arc<Heard>,
    count: u32,
    is_stalled: bool,
) -> Result<Vec<JoinHandle<Result<()>>>> {
    let (sender, mut ready) = tokio::sync::mpsc::channel(64);
    let tasks = (0..count)
        .map(|_| runtime.spawn(read(server.address.clone(), Arc::clone(heard), sender.clone(), is_stalled)))
        .collect();
    drop(sender);
    runtime.block_on(async {
        for _ in 0..count {
            tokio::time::timeout(Duration::from_mins(1), ready.recv()).await.context("a reader was not let in")?;
        }
        Ok::<_, anyhow::Error>(())
    })?;
    Ok(tasks)
}

/// A state directory whose sessions are appended to.
struct Floor {
    files: Vec<PathBuf>,
    random: state::Random,
    told: usize,
}

impl Floor {
    fn make(bench: &Bench, name: &'static str, sessions: usize) -> Result<(Server, Self)> {
        let shape = Shape { name, sessions, messages: sessions * 4, one_call_in: 2, bytes: sessions * 4000 };
        let dir = bench.folder(shape.name);
        let truth = state::make(&dir, &shape)?;
        let mut server = cold::start(&bench.program, &dir, &truth)?.server;
        server.settle()?;
        let mut files = Vec::new();
        for agent in std::fs::read_dir(dir.join("agents"))?.flatten() {
            let found = std::fs::read_dir(agent.path().join("sessions"))?.flatten().map(|entry| entry.path());
            files.extend(found.filter(|path| path.extension().is_some_and(|kind| kind == "jsonl")));
        }
        ensure!(files.len() == sessions, "{} transcripts for {sessions} sessions", files.len());
        files.sort();
        Ok((server, Self { files, random: state::Random::new(), told: 0 }))
    }

    /// One more call in each of the next sessions.
    fn append(&mut self, count: usize) -> Result<()> {
        for _ in 0..count {
            let place = self.told % self.files.len();
            let (line, _) = answer(place, 0x10_0000 + self.told, now()?, place % 5, false, &mut self.random);
            File::options().append(true).open(&self.files[place])?.write_all(line.as_bytes())?;
            self.told += 1;
        }
        Ok(())
    }
}

fn readers(bench: &Bench, runtime: &Runtime) -> Result<Vec<Row>> {
    let (mut server, mut floor) = Floor::make(bench, "push", 200)?;
    floor.files.truncate(CHANGED);
    let alone = Arc::new(Heard::default());
    let mut tasks = connect(runtime, &server, &alone, 1, false)?;
    let base = median(message_costs(&mut server, &mut floor, &alone)?);
    let memory = server.rss_mb()?;
    let many = Arc::new(Heard::default());
    tasks.extend(connect(runtime, &server, &many, READERS, false)?);
    let held = (server.rss_mb()? - memory) * 1024.0 / f64::from(READERS);
    let (messages, bytes) = (alone.changes.load(Ordering::Relaxed), alone.bytes.load(Ordering::Relaxed));
    let told = median(message_costs(&mut server, &mut floor, &alone)?);
    let count = alone.changes.load(Ordering::Relaxed) - messages;
    let each = many.changes.load(Ordering::Relaxed) / u64::from(READERS);
    ensure!(many.gaps.load(Ordering::Relaxed) == 0 && each >= count, "of {count} messages {each} were heard");
    let bytes = (alone.bytes.load(Ordering::Relaxed) - bytes) / count.max(1);
    let cost = (told - base) * 1e6 / f64::from(READERS);
    tasks.iter().for_each(JoinHandle::abort);
    Ok(vec![
        Row::new(
            format!(
                "{count} changes told to {READERS} WebSocket readers, none lost ({CHANGED} sessions change, {bytes} bytes): CPU for each reader"
            ),
            "≤ 12 µs",
            format!("{cost:.1} µs"),
        ),
        Row::new("the same: memory for each reader", "≤ 25 KB", format!("{held:.1} KB")),
    ])
}

/// CPU seconds of the server for a message, round by round.
fn message_costs(server: &mut Server, floor: &mut Floor, heard: &Heard) -> Result<Vec<f64>> {
    let mut costs = Vec::new();
    for _ in 0..ROUNDS {
        let (cpu, messages) = (server.fine_cpu()?, heard.changes.load(Ordering::Relaxed));
        for _ in 0..CHANGES {
            floor.append(CHANGED)?;
            std::thread::sleep(PAUSE);
        }
        let told = heard.changes.load(Ordering::Relaxed) - messages;
        #[expect(clippy::cast_precision_loss, reason = "a small number")]
        costs.push((server.fine_cpu()? - cpu) / told.max(1) as f64);
    }
    Ok(costs)
}

fn busy(bench: &Bench, runtime: &Runtime) -> Result<Vec<Row>> {
    let (mut server, mut floor) = Floor::make(bench, "busy", 1000)?;
    let heard = Arc::new(Heard::default());
    let mut tasks = connect(runtime, &server, &heard, 1, false)?;
    let (share, pause) = work(&mut server, &mut floor, &heard)?;
    ensure!(heard.gaps.load(Ordering::Relaxed) == 0, "a reader that keeps up loses nothing");
    let (stalled, memory) = (Arc::new(Heard::default()), server.rss_mb()?);
    tasks.extend(connect(runtime, &server, &stalled, 1, true)?);
    let (share_beside, pause_beside) = work(&mut server, &mut floor, &heard)?;
    ensure!(heard.gaps.load(Ordering::Relaxed) == 0, "a stalled reader costs another nothing");
    let grown = server.rss_mb()? - memory;
    stalled.stop.store(true, Ordering::Relaxed);
    tasks.iter().for_each(JoinHandle::abort);
    Ok(vec![
        Row::new(
            format!("1,000 sessions each changing once a second for {BUSY} s, one reader"),
            "≤ 25% of a core",
            format!("{:.1}% of a core, a message every {:.0} ms", share * 100.0, pause * 1000.0),
        ),
        Row::new(
            "the same beside a reader that takes nothing",
            "no change",
            format!(
                "{:.1}% of a core, a message every {:.0} ms, none lost, {grown:.1} MB more",
                share_beside * 100.0,
                pause_beside * 1000.0
            ),
        ),
    ])
}

/// The share of a core that the server uses, and the median time between two messages.
fn work(server: &mut Server, floor: &mut Floor, heard: &Heard) -> Result<(f64, f64)> {
    let (began, before) = (Instant::now(), server.fine_cpu()?);
    let mut pauses = Vec::new();
    let mut known = (heard.changes.load(Ordering::Relaxed), Instant::now());
    let step = Duration::from_secs(1) / u32::try_from(STEPS)?;
    for round in 0..u32::try_from(BUSY)? * u32::try_from(STEPS)? {
        floor.append(floor.files.len() / STEPS)?;
        while began.elapsed() < step * (round + 1) {
            std::thread::sleep(Duration::from_millis(2));
            let changes = heard.changes.load(Ordering::Relaxed);
            if changes > known.0 {
                pauses.push(known.1.elapsed().as_secs_f64());
                known = (changes, Instant::now());
            }
        }
    }
    Ok(((server.fine_cpu()? - before) / began.elapsed().as_secs_f64(), median(pauses)))
}
