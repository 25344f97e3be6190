//! `GET /api/sessions/{key}/export`: the whole conversation as a file, written while it is read.

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body as HttpBody, Bytes};
use axum::extract::rejection::PathRejection;
use axum::extract::{OriginalUri, Path, State};
use axum::response::Response;
use futures_util::stream;
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::timeout;

use super::find::{Opened, open};
use super::messages::{allowed_to_read, attachment};
use super::rows::Shaper;
use super::{Asked, blocking, conversation, key_of};
use crate::conversation::entry::Entry;
use crate::conversation::page::begun_anew;
use crate::conversation::{Conversation, Line, Place};
use crate::http::App;
use crate::http::error::ApiError;
use crate::http::view::rfc3339;
use crate::http::wire::{MessageRow, PartRow};

/// So many pieces wait for a slow reader.
const WAITING: usize = 4;
/// A reader that takes nothing for so long is given up.
const UNREAD: Duration = Duration::from_mins(1);
/// So many exports are written at a time.
static EXPORTS: Semaphore = Semaphore::const_new(4);
/// A piece is sent from this size on.
const PIECE: usize = 64 << 10;

/// The whole conversation, oldest first.
#[utoipa::path(get, path = "/api/sessions/{key}/export",
    params(
        ("key" = String, Path, description = "the session's key, percent-encoded"),
        ("installation" = Option<String>, Query, description = "the installation, where several have that key"),
        ("format" = Option<String>, Query, description = "markdown or json; markdown unless said otherwise"),
    ),
    responses((status = 200, description = "an attachment"), (status = 400), (status = 403), (status = 404), (status = 409), (status = 503)))]
pub async fn export(
    State(app): State<Arc<App>>,
    OriginalUri(uri): OriginalUri,
    key: Result<Path<String>, PathRejection>,
) -> Result<Response, ApiError> {
    let key = key_of(key)?;
    let asked = Asked::read(uri.query().unwrap_or_default(), &["installation", "format"])?;
    allowed_to_read(&app)?;
    let is_json = asked.format.as_deref() == Some("json");
    let shared = Arc::clone(&app);
    let (opened, conversation) = blocking(move || {
        let opened = open(&shared, &key, asked.installation.as_deref())?;
        let conversation = conversation(&shared, &opened)?;
        Ok((opened, conversation))
    })
    .await?;
    let name = file_name(opened.key.as_str());
    let (sender, receiver) = mpsc::channel::<io::Result<Bytes>>(WAITING);
    let place = EXPORTS.acquire().await.map_err(|_| ApiError::Internal)?;
    tokio::task::spawn_blocking(move || {
        let mut out = Pieces { sender, runtime: Handle::current(), held: Vec::new() };
        let result = if is_json {
            write_json(&app, &opened, &conversation, &mut out)
        } else {
            write_markdown(&app, &opened, &conversation, &mut out)
        };
        if let Err(error) = result.and_then(|()| out.send()) {
            // A connection that is cut off tells the reader that the file is not whole.
            let _ = out.sender.try_send(Err(error));
        }
        drop(place);
    });
    let body = HttpBody::from_stream(stream::unfold(receiver, |mut receiver| async {
        receiver.recv().await.map(|piece| (piece, receiver))
    }));
    let (kind, ending) = if is_json { ("application/json", "json") } else { ("text/markdown; charset=utf-8", "md") };
    Ok(attachment(kind, &format!("{name}.{ending}"), body))
}

/// The key as a file's name.
fn file_name(key: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') { c } else { '-' };
    key.chars().take(100).map(plain).collect()
}

/// Sends what is written in pieces; waits while the reader is slow, and ends when it is gone.
struct Pieces {
    sender: mpsc::Sender<io::Result<Bytes>>,
    runtime: Handle,
    held: Vec<u8>,
}

impl Pieces {
    fn send(&mut self) -> io::Result<()> {
        let piece = Bytes::from(std::mem::take(&mut self.held));
        let sent = self.runtime.block_on(async { timeout(UNREAD, self.sender.send(Ok(piece))).await });
        match sent {
            Ok(Ok(())) => Ok(()),
            _ => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.held.extend_from_slice(bytes);
        if self.held.len() >= PIECE {
            self.send()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Each entry as it is shown, oldest first.
fn each_row(
    app: &App,
    opened: &Opened,
    conversation: &Conversation,
    write: &mut dyn FnMut(&MessageRow) -> io::Result<()>,
) -> io::Result<()> {
    let redactor = app.library.redactor();
    let shaper = Shaper { app, opened, basis: app.defaults.basis, redactor: &redactor, cuts: false };
    let mut result = Ok(());
    let mut last = None;
    let _ = conversation.forth(None, &mut |place: &Place, line: Line<'_>| {
        if last.replace(place.number).is_some_and(|last| last != place.number) {
            result = write(&shaper.message(&begun_anew(conversation, Some(place)), &mut 0));
        }
        if result.is_err() {
            return ControlFlow::Break(());
        }
        if let Some(entry) = Entry::read(place, &line).filter(Entry::is_shown) {
            result = write(&shaper.message(&entry, &mut 0));
        }
        if result.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    result
}

fn write_json(app: &App, opened: &Opened, conversation: &Conversation, out: &mut Pieces) -> io::Result<()> {
    let text = |text: &str| serde_json::to_string(text).unwrap_or_default();
    let (key, installation) = (text(opened.key.as_str()), text(opened.owner.installation.as_str()));
    write!(out, "{{\"key\":{key},\"installation\":{installation},\"messages\":[")?;
    let mut is_first = true;
    each_row(app, opened, conversation, &mut |row| {
        out.write_all(if std::mem::take(&mut is_first) { b"\n" } else { b",\n" })?;
        out.write_all(&serde_json::to_vec(row)?)
    })?;
    out.write_all(b"\n]}\n")
}

fn write_markdown(app: &App, opened: &Opened, conversation: &Conversation, out: &mut Pieces) -> io::Result<()> {
    let label = opened.facts.as_ref().and_then(|facts| facts.entry.label.clone());
    writeln!(out, "# {}\n", one_line(label.as_deref().unwrap_or(opened.key.as_str())))?;
    writeln!(out, "Session `{}` of {}\n", one_line(opened.key.as_str()), one_line(opened.owner.installation.as_str()))?;
    each_row(app, opened, conversation, &mut |row| markdown(row, out))
}

fn markdown(row: &MessageRow, out: &mut Pieces) -> io::Result<()> {
    let at = row.at.map(rfc3339).unwrap_or_default();
    let who = match (row.kind, &row.answer, &row.tool, &row.note) {
        ("assistant", Some(answer), ..) => answer.model.clone().unwrap_or_else(|| "OpenClaw".to_owned()),
        ("tool", _, Some(tool), _) => format!("{} answered", tool.tool_name),
        ("note", .., Some(note)) => note.note.to_owned(),
        (kind, ..) => kind.to_owned(),
    };
    writeln!(out, "## {} · {at}\n", one_line(&who))?;
    for part in &row.parts {
        markdown_part(row.kind, part, out)?;
    }
    if let Some(answer) = &row.answer {
        if let Some(error) = &answer.error {
            writeln!(out, "**{}** {}\n", if answer.aborted { "Stopped:" } else { "Failed:" }, one_line(error))?;
        }
        if let Some(usage) = &answer.usage {
            let cost = answer.cost.map(|cost| format!(" · ${cost:.4}")).unwrap_or_default();
            writeln!(
                out,
                "*in {} · cache {} · out {}{cost}*\n",
                usage.input_tokens,
                usage.cache_read_tokens + usage.cache_write_tokens,
                usage.output_tokens
            )?;
        }
    }
    if let Some(detail) = row.note.as_ref().and_then(|note| note.detail.as_deref()) {
        fenced(detail, "", out)?;
    }
    Ok(())
}

fn markdown_part(kind: &str, part: &PartRow, out: &mut Pieces) -> io::Result<()> {
    let text = part.text.as_deref().unwrap_or_default();
    match part.r#type.as_str() {
        "text" if kind != "tool" => {
            writeln!(out, "{text}\n")?;
            if let Some(fence) = left_open(text) {
                writeln!(out, "{fence}\n")?;
            }
        }
        "text" => fenced(text, "", out)?,
        "thinking" => {
            for line in text.lines() {
                writeln!(out, "> {line}")?;
            }
            writeln!(out)?;
        }
        "toolCall" => {
            writeln!(out, "**{}**\n", one_line(part.name.as_deref().unwrap_or("tool")))?;
            fenced(part.arguments.as_deref().unwrap_or_default(), "json", out)?;
        }
        other => writeln!(out, "({} {})\n", one_line(other), one_line(part.name.as_deref().unwrap_or_default()))?,
    }
    if let Some(all) = part.cut {
        writeln!(out, "(cut: {all} characters in all)\n")?;
    }
    Ok(())
}

/// The fence that a text begins and does not end: what follows would be part of it.
fn left_open(text: &str) -> Option<&str> {
    let mut open: Option<&str> = None;
    for line in text.lines().map(str::trim_start) {
        let mark = if line.starts_with('~') { '~' } else { '`' };
        let (fence, rest) = line.split_at(line.len() - line.trim_start_matches(mark).len());
        match open {
            _ if fence.len() < 3 => {}
            Some(begun) if fence.starts_with(begun) && rest.trim().is_empty() => open = None,
            None if mark == '~' || !rest.contains('`') => open = Some(fence),
            _ => {}
        }
    }
    open
}

/// A text in a fence that it cannot end itself.
fn fenced(text: &str, language: &str, out: &mut Pieces) -> io::Result<()> {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(3.max(longest + 1));
    writeln!(out, "{fence}{language}\n{text}\n{fence}\n")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
