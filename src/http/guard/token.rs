//! The token, without its text: what is kept can judge a token and seal a message, and cannot be printed.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use ring::hmac;

/// The secret of this server, as a key.
#[derive(Clone)]
pub struct Token {
    key: hmac::Key,
    /// The seal of the right token: comparing seals takes the same time whatever is wrong, and whatever its length.
    proof: hmac::Tag,
}

impl Token {
    /// From the text that people type and scripts send.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, text.as_bytes());
        let proof = hmac::sign(&key, message("token", text).as_bytes());
        Self { key, proof }
    }

    /// Whether somebody gave the right text.
    #[must_use]
    pub fn is(&self, given: &str) -> bool {
        hmac::verify(&self.key, message("token", given).as_bytes(), self.proof.as_ref()).is_ok()
    }

    /// A seal that only this token makes. The purpose keeps one kind of seal from being used as another.
    pub(super) fn seal(&self, purpose: &str, text: &str) -> String {
        BASE64URL_NOPAD.encode(hmac::sign(&self.key, message(purpose, text).as_bytes()).as_ref())
    }

    /// Whether a seal is ours.
    pub(super) fn sealed(&self, purpose: &str, text: &str, seal: &str) -> bool {
        BASE64URL_NOPAD
            .decode(seal.as_bytes())
            .is_ok_and(|seal| hmac::verify(&self.key, message(purpose, text).as_bytes(), &seal).is_ok())
    }
}

fn message(purpose: &str, text: &str) -> String {
    format!("{purpose}|{text}")
}

impl fmt::Debug for Token {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Token(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_very_token_is_right() {
        let token = Token::new("s3cret-s3cret-s3cret");
        assert!(token.is("s3cret-s3cret-s3cret"));
        for wrong in
            ["", "s3cret-s3cret-s3cre", "s3cret-s3cret-s3cret1", "S3cret-s3cret-s3cret", " s3cret-s3cret-s3cret"]
        {
            assert!(!token.is(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_seal_holds_for_its_purpose_text_and_token() {
        let (token, other) = (Token::new("one"), Token::new("two"));
        let seal = token.seal("csrf", "text");
        assert!(token.sealed("csrf", "text", &seal));
        assert!(!token.sealed("session", "text", &seal));
        assert!(!token.sealed("csrf", "texts", &seal));
        assert!(!other.sealed("csrf", "text", &seal));
        assert!(!token.sealed("csrf", "text", &seal[1..]) && !token.sealed("csrf", "text", ""));
        // printf 'csrf|text' | openssl dgst -sha256 -hmac one -binary | basenc --base64url
        assert_eq!(seal, "dWMzbyUR8KarCn0HI-KR0AVLc6dB3eRrZlozUIlnMxQ");
    }

    #[test]
    fn it_is_never_printed() {
        assert_eq!(format!("{:?}", Token::new("s3cret")), "Token(hidden)");
    }
}
