//! What of a long text is shown.

/// The longest text of a person or a model that is shown as a whole, in characters.
pub const LONGEST_TEXT: usize = 100_000;
/// The same for what tools are given and give.
pub const LONGEST_TOOL_TEXT: usize = 16_000;
/// So much more is masked than shown: a secret at the edge must not lose its telling end.
const MARGIN: usize = 4_096;

/// The beginning of a text with the margin that masking needs, and how many characters the text has when it was cut.
#[must_use]
pub fn beginning(text: &str, longest: usize) -> (&str, Option<usize>) {
    if text.len() <= longest {
        return (text, None);
    }
    match text.char_indices().nth(longest) {
        None => (text, None),
        Some(_) => {
            let end = text.char_indices().nth(longest.saturating_add(MARGIN)).map_or(text.len(), |(end, _)| end);
            (&text[..end], Some(text.chars().count()))
        }
    }
}

/// What is shown of a text: its beginning as `mask` leaves it, and how many characters the text has when it was cut.
pub fn shown(text: &str, longest: usize, mask: impl FnOnce(&str) -> String) -> (String, Option<usize>) {
    let (part, all) = beginning(text, longest);
    let mut masked = mask(part);
    if part.len() < text.len() {
        // Masks are short: what stands at the end of the margin may move into sight, and half a secret is not known
        // as one.
        let whole = masked.trim_end_matches(|c: char| !c.is_whitespace()).len();
        let most = masked.char_indices().nth_back(MARGIN - 1).map_or(0, |(at, _)| at);
        masked.truncate(whole.max(most));
    }
    if all.is_some() {
        cut(&mut masked, longest);
    }
    (masked, all)
}

/// Cuts to so many characters.
pub fn cut(text: &mut String, longest: usize) {
    if text.len() > longest
        && let Some((end, _)) = text.char_indices().nth(longest)
    {
        text.truncate(end);
    }
}
