//! A page of a conversation: the newest entries, those before or after a place, or those that hold a text.

use std::io;
use std::ops::ControlFlow;

use regex::bytes::{Regex, RegexBuilder};

use super::entry::{Body, Entry, Note, What};
use super::{Conversation, Cursor, Line, Place};

/// How much is looked through for one page of a search; the next page goes on from there.
const SEARCHED_AT_ONCE: u64 = 96 << 20;
/// How much is read for one page: entries without anything to show could be many.
const READ_AT_ONCE: u64 = 16 << 20;
/// So much around a page is looked at to tell which of its entries were left behind.
const LOOKED_AT: u64 = 1 << 20;
/// What a line counts for at least: two hundred lines are enough.
const LEAST: u64 = LOOKED_AT / 200;

/// What is asked for.
pub struct Ask<'a> {
    /// Entries before this one.
    pub before: Option<Cursor>,
    /// How many at most.
    pub limit: usize,
    /// Only entries that hold this text, as this function sees them.
    pub search: Option<Search<'a>>,
}

/// A text to look for.
pub struct Search<'a> {
    /// A quick look at a line: false when no entry of it can hold the text.
    raw: Option<Regex>,
    /// Whether an entry holds the text as it is shown.
    pub holds: &'a dyn Fn(&Entry) -> bool,
}

impl<'a> Search<'a> {
    /// Looks for a text; `holds` decides by what is shown, so that nobody can search for what is masked.
    #[must_use]
    pub fn new(text: &str, holds: &'a dyn Fn(&Entry) -> bool) -> Self {
        Self { raw: quick_look(text), holds }
    }

    fn may_hold(&self, line: &[u8]) -> bool {
        self.raw.as_ref().is_none_or(|raw| raw.is_match(line))
    }
}

/// Finds the longest part of a text that stands in JSON as it is, whatever its case.
fn quick_look(text: &str) -> Option<Regex> {
    let is_escaped = |c: char| c == '"' || c == '\\' || c == '/' || c.is_control();
    let longest = text.split(is_escaped).max_by_key(|part| part.len()).filter(|part| !part.is_empty())?;
    RegexBuilder::new(&regex::escape(longest)).case_insensitive(true).build().ok()
}

/// A page.
#[derive(Debug, Default)]
pub struct Page {
    /// The entries, oldest first.
    pub entries: Vec<Entry>,
    /// Where the page before this one ends; `None` at the beginning of the conversation.
    pub before: Option<Cursor>,
    /// Where the next entry will stand.
    pub after: Option<Cursor>,
    /// How many bytes were looked through.
    pub read: u64,
}

/// Reads a page backwards.
pub fn page(conversation: &Conversation, ask: &Ask<'_>) -> io::Result<Page> {
    let mut page = Page { after: end(conversation)?, ..Page::default() };
    let mut branch = match ask.before {
        Some(before) if ask.search.is_none() => Branch::behind(conversation, before),
        _ => Branch::default(),
    };
    let mut last: Option<&Place> = ask.before.and_then(|cursor| known(conversation, cursor.place));
    let most = if ask.search.is_some() { SEARCHED_AT_ONCE } else { READ_AT_ONCE };
    let (mut reached, mut is_more, mut beyond) = (None, false, 0);
    // What is written meanwhile is left to whoever asks for what comes after.
    let from = ask.before.or(page.after);
    let result = conversation.back(from, &mut |place: &Place, line: Line<'_>| {
        if page.entries.len() >= ask.limit || page.read >= most {
            is_more = true;
            // Only what stands before the page may tell whether its first entries were left behind.
            let is_same = last.is_some_and(|last| last.number == place.number);
            if beyond >= LOOKED_AT || !is_same || !branch.is_in_doubt() {
                return ControlFlow::Break(());
            }
            beyond += line.size().max(LEAST);
            if let Some(entry) = Entry::read(place, &line) {
                branch.follow(&entry, None, &mut page.entries);
            }
            return ControlFlow::Continue(());
        }
        page.read += line.size();
        reached = Some(Cursor { place: place.number, at: line.at });
        // A line that cannot match need not be parsed; the branch is judged where all lines are.
        if let Some(search) = &ask.search
            && !line.bytes.is_some_and(|bytes| search.may_hold(bytes))
        {
            return ControlFlow::Continue(());
        }
        let Some(entry) = Entry::read(place, &line) else { return ControlFlow::Continue(()) };
        match &ask.search {
            Some(search) => {
                if entry.is_shown() && (search.holds)(&entry) {
                    page.entries.push(entry);
                }
            }
            None => {
                if last.is_some_and(|last| last.number != place.number) {
                    page.entries.push(begun_anew(conversation, last));
                    branch = Branch::default();
                }
                last = known(conversation, place.number);
                let shown_at = entry.is_shown().then_some(page.entries.len());
                branch.follow(&entry, shown_at, &mut page.entries);
                page.entries.extend(shown_at.map(|_| entry));
            }
        }
        ControlFlow::Continue(())
    });
    match result {
        Ok(_) => {}
        // What was read is told; whoever asks for what stands before it is told of the error.
        Err(_) if !page.entries.is_empty() => is_more = true,
        Err(error) => return Err(error),
    }
    page.before = reached.filter(|_| is_more);
    page.entries.reverse();
    Ok(page)
}

/// Reads what came after a place; `None` when that place is in none of the transcripts any more.
pub fn after(conversation: &Conversation, from: Cursor, limit: usize) -> io::Result<Option<Page>> {
    if !conversation.holds(from) {
        return Ok(None);
    }
    let mut page = Page { after: Some(from), ..Page::default() };
    let mut last = Some(from.place);
    let flow = conversation.forth(Some(from), &mut |place: &Place, line: Line<'_>| {
        if page.entries.len() >= limit {
            return ControlFlow::Break(());
        }
        page.read += line.size();
        page.after = Some(Cursor { place: place.number, at: line.next });
        if last.replace(place.number) != Some(place.number) {
            page.entries.push(begun_anew(conversation, Some(place)));
        }
        page.entries.extend(Entry::read(place, &line).filter(Entry::is_shown));
        ControlFlow::Continue(())
    });
    match flow {
        Ok(_) => Ok(Some(page)),
        // The transcript was written anew: what stood there is gone.
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(None),
        Err(error) => Err(error),
    }
}

/// The entry at a place.
pub fn at(conversation: &Conversation, cursor: Cursor) -> io::Result<Option<Entry>> {
    if !conversation.holds(cursor) {
        return Ok(None);
    }
    let mut found = None;
    let flow = conversation.forth(Some(cursor), &mut |place: &Place, line: Line<'_>| {
        if line.at == cursor.at && place.number == cursor.place {
            found = Entry::read(place, &line);
        }
        ControlFlow::Break(())
    });
    match flow {
        Err(error) if error.kind() != io::ErrorKind::InvalidInput => Err(error),
        _ => Ok(found),
    }
}

fn known(conversation: &Conversation, number: u32) -> Option<&Place> {
    conversation.places.iter().find(|place| place.number == number)
}

fn end(conversation: &Conversation) -> io::Result<Option<Cursor>> {
    let Some(place) = conversation.places.last() else { return Ok(None) };
    Ok(Some(Cursor { place: place.number, at: place.end()? }))
}

/// Stands where a transcript begins that follows an earlier one.
#[must_use]
pub fn begun_anew(conversation: &Conversation, place: Option<&Place>) -> Entry {
    let place = place.or(conversation.places.last());
    let number = place.map_or(0, |place| !place.number);
    Entry {
        cursor: Cursor { place: number, at: 0 },
        id: None,
        parent: None,
        at: None,
        body: Body::Note(Note { what: What::Reset, ..Note::default() }),
        side_branch: false,
    }
}

/// Follows the tree backwards, from each entry to the one that it follows. Entries between the two were left behind;
/// that is only known when the one that is followed was found, so a missing or cyclic parent marks nothing.
#[derive(Default)]
struct Branch {
    wanted: Option<String>,
    /// Entries that would be side branches if the wanted one is found, by their place in the page.
    doubtful: Vec<usize>,
}

impl Branch {
    /// As it is before a place: the entries behind it say which one of those before it is followed.
    fn behind(conversation: &Conversation, before: Cursor) -> Self {
        let (mut looked_at, mut newer) = (0, Vec::new());
        // Where nothing can be read behind it, the branch begins here.
        let _ = conversation.forth(Some(before), &mut |place: &Place, line: Line<'_>| {
            if looked_at >= LOOKED_AT || place.number != before.place {
                return ControlFlow::Break(());
            }
            looked_at += line.size().max(LEAST);
            newer.extend(Entry::read(place, &line));
            ControlFlow::Continue(())
        });
        let mut branch = Self::default();
        for entry in newer.iter().rev() {
            branch.follow(entry, None, &mut []);
        }
        branch
    }

    /// Whether it is not known of some entries if they were left behind.
    fn is_in_doubt(&self) -> bool {
        !self.doubtful.is_empty()
    }

    /// Goes on to the next older entry; `at` is where it will stand in the page.
    fn follow(&mut self, entry: &Entry, at: Option<usize>, page: &mut [Entry]) {
        if entry.id.is_none() {
            return;
        }
        if self.wanted.is_some() && entry.id != self.wanted {
            self.doubtful.extend(at);
            return;
        }
        for place in self.doubtful.drain(..) {
            page[place].side_branch = true;
        }
        self.wanted.clone_from(&entry.parent);
    }
}
