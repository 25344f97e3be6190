//! One action, from the first question to OpenClaw's answer.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::line::Line;
use super::message::{self, Fate, Repeatable};
use super::{Action, Outcome, Verdict, answers, tree};
use crate::clock::Clock;
use crate::domain::status::Thresholds;
use crate::domain::{InstallationId, SessionKey, TaskId};
use crate::gateway::methods;
use crate::hub::Hub;
use crate::live::board::Board;

/// How far back the last message of a user is looked for: a long run has many tool calls behind it.
const LOOK_BACK: [u64; 2] = [50, 1000];
/// How many pauses OpenClaw may take to store the message of a run that was stopped.
const STORED_WITHIN: u32 = 8;
/// The pause before a message that came too soon after a stop is sent once more.
const PAUSE: Duration = Duration::from_millis(300);
/// What was spawned a moment before a stop may not be known yet: for so long news of it is waited for.
const SETTLED_AFTER: Duration = Duration::from_millis(500);
/// No tree is larger; what grows faster than it is stopped is told as such.
const MOST_BELOW: usize = 1000;

/// What is needed beside the connection.
pub(super) struct Errand<'a> {
    pub(super) installation: &'a InstallationId,
    pub(super) hub: &'a Hub,
    pub(super) clock: &'a dyn Clock,
    pub(super) thresholds: Thresholds,
    /// What OpenClaw knows a message by, so that it takes it once.
    pub(super) send_key: String,
}

/// `Err` is an end, too: it is what `?` carries out.
type Ended = Result<Verdict, Verdict>;

impl Errand<'_> {
    fn board(&self) -> Arc<Board> {
        self.hub.board()
    }

    /// Does with a session what is asked.
    pub(super) async fn session(&self, line: &mut Line, action: &Action, key: &SessionKey) -> Verdict {
        let ended = match action {
            Action::Stop => self.stop(line, key).await,
            Action::Restart => self.restart(line, key).await,
            Action::Send(message) => match exists(line, key).await {
                Ok(()) => self.send(line, key, message).await,
                Err(verdict) => Err(verdict),
            },
            Action::Reset => simple(line, key, "sessions.reset", &methods::sessions_reset(key), answers::reset).await,
            Action::Compact => {
                simple(line, key, "sessions.compact", &methods::sessions_compact(key), answers::compacted).await
            }
            Action::Delete => {
                simple(line, key, "sessions.delete", &methods::sessions_delete(key), answers::deleted).await
            }
            Action::Cancel => Err(Verdict::refused("Only a task can be cancelled; a session can be stopped.")),
        };
        ended.unwrap_or_else(|verdict| verdict)
    }

    async fn stop(&self, line: &mut Line, key: &SessionKey) -> Ended {
        let mut boards = self.hub.subscribe();
        let looks_busy = tree::is_running(&self.board(), self.installation, key, self.clock.now(), &self.thresholds);
        let (mut has_stopped, mut failed) = (false, Vec::new());
        match abort(line, key, looks_busy).await? {
            Ok(stopped) => has_stopped = stopped,
            Err(words) => failed.push(words),
        }
        let mut below = Vec::new();
        let mut any_below = false;
        let mut settled_at = Instant::now() + SETTLED_AFTER;
        loop {
            let (board, now) = (Arc::clone(&boards.borrow_and_update()), self.clock.now());
            let running = tree::running_below(&board, self.installation, key, now, &self.thresholds);
            let new: Vec<SessionKey> = running.into_iter().filter(|key| !below.contains(key)).collect();
            if below.len() > MOST_BELOW {
                break;
            }
            if new.is_empty() {
                let may_come = (line.has_stopped || looks_busy) && line.has_time_for(SETTLED_AFTER);
                if may_come && matches!(timeout_at(settled_at, boards.changed()).await, Ok(Ok(()))) {
                    continue;
                }
                break;
            }
            for key in new {
                match abort(line, &key, true).await? {
                    // OpenClaw stops some of them with the first: then nothing runs there any more.
                    Ok(stopped) => any_below |= stopped,
                    Err(words) => failed.push(format!("{key}: {words}")),
                }
                below.push(key);
            }
            settled_at = Instant::now() + SETTLED_AFTER;
        }
        if let Some(first) = failed.first() {
            return Err(Verdict::refused(match (failed.len(), below.len() + 1) {
                (_, 1) => first.clone(),
                (failed, all) => format!("{failed} of {all} sessions of the tree could not be stopped. {first}"),
            }));
        }
        if !has_stopped && !any_below {
            return Ok(Verdict::new(Outcome::NotRunning, "no-active-run"));
        }
        let itself = if has_stopped { "aborted" } else { "it was not running itself" };
        Ok(Verdict::done(match below.len() {
            0 => itself.to_owned(),
            1 => format!("{itself}; 1 running session below it is stopped too"),
            many => format!("{itself}; {many} running sessions below it are stopped too"),
        }))
    }

    async fn restart(&self, line: &mut Line, key: &SessionKey) -> Ended {
        exists(line, key).await?;
        let before = last_message(line, key).await?;
        let stopped = self.stop(line, key).await.map_err(|verdict| not_sent(line, verdict))?;
        let was_running = stopped.outcome == Outcome::Done;
        let message = if was_running {
            of_the_run(line, key, before).await.map_err(|verdict| not_sent(line, verdict))?
        } else {
            before
        };
        let Some(message) = message else {
            return Err(Verdict::refused(if was_running {
                "It was stopped, but OpenClaw holds no message of a user that could be sent again."
            } else {
                "There is no message of a user to send again, so the session was left as it is."
            }));
        };
        let sent = self.send(line, key, &message.text).await.map_err(|verdict| match verdict.outcome {
            Outcome::Unknown if line.has_stopped => {
                let detail =
                    format!("It was stopped, and its last message may not have been sent again: {}", verdict.detail);
                Verdict { detail, ..verdict }
            }
            _ => not_sent(line, verdict),
        })?;
        let lost = if message.had_more { ", without its attachments" } else { "" };
        let stop = stopped.detail;
        Ok(Verdict { detail: format!("{stop}; the last message was sent again{lost}: {}", sent.detail), ..sent })
    }

    /// Sends, and tries again where a run that was stopped has not quite ended.
    async fn send(&self, line: &mut Line, key: &SessionKey, message: &str) -> Ended {
        let mut tries = 0;
        loop {
            tries += 1;
            // OpenClaw remembers a refusal by its key, too. In front, the number makes no key that another asked with.
            let name = format!("factory-{tries}-{}", self.send_key);
            match line.change("chat.send", &methods::chat_send(key, message, &name)).await? {
                Ok(answer) => return Ok(answers::sent(&answer)),
                Err(fault) => {
                    let words = answers::words(&fault);
                    if !(line.has_changed() && is_busy(&words) && line.has_time_for(PAUSE)) {
                        return Err(Verdict::refused(words));
                    }
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }
}

/// Ends a background task.
pub(super) async fn cancel(line: &mut Line, task: &TaskId) -> Verdict {
    if !line.offers("tasks.cancel") {
        return Verdict::refused(format!(
            "OpenClaw {} cannot cancel tasks; stop the session that it runs in.",
            line.version()
        ));
    }
    match line.change("tasks.cancel", &methods::tasks_cancel(task.as_str())).await {
        Ok(Ok(answer)) => answers::cancelled(&answer),
        Ok(Err(fault)) => Verdict::refused(answers::words(&fault)),
        Err(verdict) => verdict,
    }
}

/// Whether a run was stopped; the inner error is why one was not.
async fn abort(line: &mut Line, key: &SessionKey, looks_busy: bool) -> Result<Result<bool, String>, Verdict> {
    let is_old = !line.offers("sessions.abort");
    let (method, params) = if is_old {
        ("chat.abort", methods::chat_abort(key))
    } else {
        ("sessions.abort", methods::sessions_abort(key))
    };
    let has_aborted = match line.change(method, &params).await? {
        Ok(answer) => answers::has_aborted(&answer),
        Err(fault) => return Ok(Err(answers::words(&fault))),
    };
    line.has_stopped |= has_aborted;
    // `chat.abort` knows the runs that `chat.send` began and no others: those of channels, jobs and subagents go on.
    if is_old && looks_busy && !has_aborted {
        return Ok(Err(format!(
            "OpenClaw {} finds no run to stop there: it stops only what was begun by a chat message. If it still runs, resetting or deleting the session ends it.",
            line.version()
        )));
    }
    Ok(Ok(has_aborted))
}

/// Some requests would make the session that they are about.
async fn exists(line: &mut Line, key: &SessionKey) -> Result<(), Verdict> {
    let answer = if line.offers("sessions.describe") {
        line.look("sessions.describe", &methods::sessions_describe(key)).await?
    } else {
        line.look("sessions.list", &methods::sessions_find(key)).await?
    };
    if answers::has_session(&answer, key.as_str()) {
        Ok(())
    } else {
        Err(Verdict::refused("no such session: OpenClaw does not know it (any more)."))
    }
}

async fn simple(
    line: &mut Line,
    key: &SessionKey,
    method: &str,
    params: &serde_json::Value,
    meaning: fn(&serde_json::Value) -> Verdict,
) -> Ended {
    exists(line, key).await?;
    match line.change(method, params).await? {
        Ok(answer) => Ok(meaning(&answer)),
        Err(fault) => Err(Verdict::refused(answers::words(&fault))),
    }
}

/// How a restart ends that was given up in the middle.
fn not_sent(line: &Line, verdict: Verdict) -> Verdict {
    if !line.has_stopped {
        return verdict;
    }
    let detail = format!("It was stopped, but its last message was not sent again: {}", verdict.detail);
    Verdict { detail, ..verdict }
}

/// The message of the run that was just stopped. OpenClaw may store it only when the run ends: a message that was
/// answered or cut off before the stop is of a run before this one, and another is waited for.
async fn of_the_run(
    line: &mut Line,
    key: &SessionKey,
    before: Option<Repeatable>,
) -> Result<Option<Repeatable>, Verdict> {
    let fate_before = before.as_ref().map(|before| before.fate);
    let is_of_another = matches!(fate_before, None | Some(Fate::Answered | Fate::CutOff));
    for pause in 0..=STORED_WITHIN {
        let last = last_message(line, key).await?;
        let is_new = last.as_ref().is_some_and(|last| before.as_ref().is_none_or(|before| !last.is(before)));
        let is_last_look = pause == STORED_WITHIN || !line.has_time_for(PAUSE);
        if is_new || fate_before == Some(Fate::Open) || is_last_look {
            return Ok(last.filter(|last| last.fate != Fate::Answered && (is_new || !is_of_another)));
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(None)
}

async fn last_message(line: &mut Line, key: &SessionKey) -> Result<Option<Repeatable>, Verdict> {
    for limit in LOOK_BACK {
        let answer = line.look("sessions.get", &methods::sessions_get(key, limit)).await?;
        if let Some(message) = message::last_of_user(&answer) {
            return Ok(Some(message));
        }
    }
    Ok(None)
}

fn is_busy(words: &str) -> bool {
    let words = words.to_lowercase();
    ["active run", "in progress", "still running", "busy", "queued work"].iter().any(|sign| words.contains(sign))
}
