//! Secrets out of what sources observe, before it is kept or told to anybody.
//!
//! Keys, ids and names of models stay as they are: they name things. Labels, titles and what something failed with
//! are texts of people, models and providers.

use std::cell::LazyCell;

use crate::domain::event::{Event, LastEntry};
use crate::domain::session::SessionEntry;
use crate::redaction::Redactor;

/// Gives what masks secrets now.
pub type RedactorNow = Box<dyn Fn() -> Redactor + Send>;

/// Masks secrets by their form only: none is known.
pub(super) fn by_form() -> RedactorNow {
    let redactor = Redactor::default();
    Box::new(move || redactor.clone())
}

/// Takes out titles that may be what somebody wrote: message text is off.
pub(super) fn hide_prompts(events: &mut [Event]) {
    for event in events {
        let Event::TasksListed(_, tasks) = event else { continue };
        tasks.iter_mut().filter(|task| task.title_is_prompt).for_each(|task| task.title.clear());
    }
}

/// Masks every text in these events. What was masked before stays as it is.
pub(super) fn mask(events: &mut [Event], redactor_now: &RedactorNow) {
    // Most events hold no text: a redactor is asked for when the first one comes.
    let redactor = LazyCell::new(redactor_now);
    let mut one = |text: &mut String| {
        let masked = redactor.mask(text);
        if masked.count > 0 {
            *text = masked.text.into_owned();
        }
        drop_half_a_word(text);
    };
    for event in events {
        each_text(event, &mut one);
    }
}

/// A text that was cut when it was read ends with an ellipsis. Half a secret may stand before it, and half a secret is
/// not known as one.
fn drop_half_a_word(text: &mut String) {
    /// A shorter part of a secret tells nothing.
    const TELLING: usize = 12;
    let Some(kept) = text.strip_suffix('…') else { return };
    let word_at = kept.trim_end_matches(|c: char| c.is_ascii_graphic()).len();
    if kept.len() - word_at >= TELLING {
        text.replace_range(word_at.., "…");
    }
}

fn each_text(event: &mut Event, mask: &mut dyn FnMut(&mut String)) {
    match event {
        Event::SessionsListed { entries, .. } => entries.iter_mut().for_each(|entry| of_entry(entry, mask)),
        Event::SessionsChanged { upserts, .. } => upserts.iter_mut().for_each(|entry| of_entry(entry, mask)),
        Event::CallsRead { calls, tail, .. } => {
            for error in calls.iter_mut().filter_map(|call| call.error.as_mut()) {
                let mut text = error.to_string();
                mask(&mut text);
                *error = text.into();
            }
            if let Some(LastEntry::Failed(error)) = tail.as_mut().map(|tail| &mut tail.last) {
                mask(error);
            }
        }
        Event::TasksListed(_, tasks) => {
            for task in tasks {
                mask(&mut task.title);
                task.error.iter_mut().for_each(&mut *mask);
            }
        }
        Event::CronJobsListed(_, jobs) => {
            for job in jobs {
                mask(&mut job.name);
                job.last_error.iter_mut().for_each(&mut *mask);
            }
        }
        _ => {}
    }
}

fn of_entry(entry: &mut SessionEntry, mask: &mut dyn FnMut(&mut String)) {
    entry.label.iter_mut().chain(&mut entry.last_run_error).for_each(mask);
}
