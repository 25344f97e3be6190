//! Secrets out of texts: whatever the API returns goes through a [`Redactor`].
//!
//! It knows three kinds of secrets: those whose form says what they are (`redaction/issuers.rs`),
//! those that stand where a secret stands (`places.rs`, `assignment.rs`), and those that OpenClaw
//! itself was given (`own.rs`). It does not look for names, addresses or other personal data, and
//! it reads no file: whoever makes a [`Redactor`] hands in the values.

mod assignment;
mod blocks;
mod issuers;
mod json;
mod names;
mod own;
mod places;
mod rule;
mod scan;
mod values;

use std::borrow::Cow;
use std::sync::Arc;

pub use own::{own_secrets, own_secrets_of_env_file};

use own::OwnSecrets;
use scan::Scanner;

/// Finds secrets and puts `[masked:RULE]` in their place. A copy shares its tables.
#[derive(Clone)]
pub struct Redactor {
    scanner: &'static Scanner,
    own: Arc<OwnSecrets>,
}

/// A text without its secrets.
#[derive(Debug)]
pub struct Masked<'a> {
    /// The text; the one that came in when nothing was found.
    pub text: Cow<'a, str>,
    /// How many secrets were replaced.
    pub count: usize,
}

/// Knows no secret of its own.
impl Default for Redactor {
    fn default() -> Self {
        Self::new([])
    }
}

impl Redactor {
    /// `own` are the values of OpenClaw's own secrets: they are masked wherever they stand, also
    /// in the forms that addresses, JSON and base64 give them. Values of fewer than eight
    /// characters are left out, because they would mask ordinary words.
    pub fn new(own: impl IntoIterator<Item = String>) -> Self {
        Self { scanner: Scanner::shared(), own: Arc::new(OwnSecrets::of(own)) }
    }

    /// Masks every secret in a text. A text must come whole: the half of a key that was cut off
    /// elsewhere may look like nothing.
    #[must_use]
    pub fn mask<'a>(&self, text: &'a str) -> Masked<'a> {
        let mut masked = Masked { text: Cow::Borrowed(text), count: 0 };
        for _ in 0..PASSES {
            let mut spans = self.scanner.spans(&masked.text);
            self.own.find(&masked.text, &mut spans);
            let spans = scan::settled(&masked.text, spans);
            if spans.is_empty() {
                break;
            }
            masked.count += spans.len();
            masked.text = Cow::Owned(scan::replaced(&masked.text, &spans));
        }
        masked
    }

    /// Masks every string in a JSON value, and the whole value of members whose name says that it
    /// is a secret. Returns how many were masked.
    pub fn mask_json(&self, value: &mut serde_json::Value) -> usize {
        json::mask(self, value)
    }
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Redactor(…)")
    }
}

/// What was replaced may bring to light what stood beside it; more rounds than this find nothing.
const PASSES: usize = 4;
