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
            let end = text.char_indices().nth(longest + MARGIN).map_or(text.len(), |(end, _)| end);
            (&text[..end], Some(text.chars().count()))
        }
    }
}

/// Cuts to so many characters.
pub fn cut(text: &mut String, longest: usize) {
    if text.len() > longest
        && let Some((end, _)) = text.char_indices().nth(longest)
    {
        text.truncate(end);
    }
}
