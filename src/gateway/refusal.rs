//! Why there is no connection, in words that say what to do.

use std::fmt;

use super::frames::{Fault, plain};

/// Why the gateway cannot be followed or asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Nothing answers.
    Unreachable {
        /// Where.
        url: String,
        /// What the system says.
        why: String,
    },
    /// Its certificate is not one to be trusted.
    Untrusted {
        /// Where.
        url: String,
        /// What is wrong with it.
        why: String,
    },
    /// Something answers that is no gateway.
    NotAGateway {
        /// Where.
        url: String,
        /// What it did.
        what: String,
    },
    /// The token is not the gateway's.
    WrongToken,
    /// The gateway wants a token, and there is none.
    NoToken,
    /// Too many wrong tokens.
    RateLimited,
    /// The gateway wants its owner to approve us.
    PairingRequired {
        /// The request that waits for it.
        request: Option<String>,
    },
    /// No common language.
    Protocol {
        /// What it speaks.
        expected: Option<u64>,
    },
    /// We were let in without the right to do what we came for.
    MissingScope(String),
    /// It does not answer in time.
    Slow {
        /// What it was asked.
        what: String,
        /// How long was waited.
        seconds: u64,
    },
    /// It speaks for another state directory.
    OtherInstallation {
        /// Where.
        url: String,
        /// Whose it is.
        state_dir: String,
    },
    /// What it answers to a request has another shape than known.
    Garbled(String),
    /// It ended the connection.
    Closed(String),
    /// Whom to call cannot be found out.
    NoTarget(String),
    /// Our device key cannot be used.
    Device(String),
    /// It refused for another reason.
    Other(Fault),
}

impl Refusal {
    /// What it means that no connection was made.
    #[must_use]
    pub fn of_io(url: &str, error: &std::io::Error) -> Self {
        let url = url.to_owned();
        match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            Some(rustls::Error::InvalidCertificate(why)) => Self::Untrusted { url, why: why.to_string() },
            Some(other) => Self::NotAGateway { url, what: format!("it does not speak TLS: {other}") },
            None => Self::Unreachable { url, why: error.to_string() },
        }
    }

    /// What a fault of the greeting means. The versions word it differently.
    #[must_use]
    pub fn of(fault: Fault, had_token: bool) -> Self {
        let detail = fault.detail("code").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
        let message = fault.message.to_lowercase();
        let is = |code: &str| fault.code == code || detail == code;
        if is("PROTOCOL_MISMATCH") || message.contains("protocol mismatch") {
            let expected = fault.detail("expectedProtocol").and_then(serde_json::Value::as_u64);
            return Self::Protocol { expected };
        }
        if is("AUTH_RATE_LIMITED") || message.contains("too many failed") {
            return Self::RateLimited;
        }
        if is("AUTH_TOKEN_MISSING") || is("AUTH_PASSWORD_MISSING") || (is("DEVICE_IDENTITY_REQUIRED") && !had_token) {
            return Self::NoToken;
        }
        if is("AUTH_TOKEN_MISMATCH")
            || is("AUTH_PASSWORD_MISMATCH")
            || message.contains("mismatch")
            || message.contains("unauthorized")
        {
            return if had_token { Self::WrongToken } else { Self::NoToken };
        }
        if is("PAIRING_REQUIRED") || message.contains("pairing required") {
            let request = fault.detail("requestId").and_then(serde_json::Value::as_str).map(plain);
            return Self::PairingRequired { request };
        }
        if is("MISSING_SCOPE") || message.contains("missing scope") {
            return Self::MissingScope(plain(fault.message.rsplit(": ").next().unwrap_or_default()));
        }
        Self::Other(fault)
    }

    /// Whether a signed device may be let in where this was refused.
    #[must_use]
    pub fn wants_device(&self) -> bool {
        match self {
            Self::MissingScope(_) => true,
            Self::Other(fault) => {
                fault.code == "NOT_PAIRED"
                    || fault.detail("code").and_then(serde_json::Value::as_str) == Some("DEVICE_IDENTITY_REQUIRED")
            }
            _ => false,
        }
    }

    /// Whether asking again soon is of no use, and may count against us.
    #[must_use]
    pub fn is_lasting(&self) -> bool {
        !matches!(self, Self::Unreachable { .. } | Self::Slow { .. } | Self::Closed(_))
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable { url, why } => write!(
                out,
                "No gateway answers at {url} ({why}). Start it with 'openclaw gateway', or say where it is with --gateway."
            ),
            Self::Untrusted { url, why } => write!(
                out,
                "The certificate of {url} is not trusted ({why}). Add who signed it to the authorities of this system, or name their file in SSL_CERT_FILE, and start Factory Dashboard again."
            ),
            Self::NotAGateway { url, what } => write!(
                out,
                "What answers at {url} is no OpenClaw gateway ({what}). Check gateway.port in openclaw.json, or --gateway."
            ),
            Self::WrongToken => write!(
                out,
                "The gateway refuses the token. Take over the present one: gateway.auth.token in openclaw.json, OPENCLAW_GATEWAY_TOKEN, or --gateway-token-file."
            ),
            Self::NoToken => write!(
                out,
                "The gateway wants a token and none was found. Set gateway.auth.token in openclaw.json, OPENCLAW_GATEWAY_TOKEN, or --gateway-token-file."
            ),
            Self::RateLimited => write!(out, "The gateway has seen too many wrong tokens and waits. Mend the token."),
            Self::PairingRequired { request } => write!(
                out,
                "The gateway wants this device approved: run 'openclaw devices approve {}'.",
                request.as_deref().unwrap_or("<id>' after 'openclaw devices list")
            ),
            Self::Protocol { expected } => {
                let expected =
                    expected.map_or_else(|| "another version".to_owned(), |number| format!("version {number}"));
                write!(
                    out,
                    "The gateway speaks {expected} of the wire protocol, and this program versions 3 and 4. Update the older of the two."
                )
            }
            Self::MissingScope(scope) => write!(
                out,
                "The gateway let this program in without the right '{scope}'. Remove its device with 'openclaw devices list' and 'openclaw devices remove', and it asks anew."
            ),
            Self::Slow { what, seconds } => write!(
                out,
                "The gateway did not answer {what} within {seconds} s. It is busy or hangs: 'openclaw health' tells more."
            ),
            Self::OtherInstallation { url, state_dir } => write!(
                out,
                "The gateway at {url} speaks for {state_dir}, not for this state directory. Give each installation its own gateway.port in openclaw.json, or name the gateway with --gateway."
            ),
            Self::Garbled(what) => write!(
                out,
                "The gateway's answer to {what} is not understood. Update this program, or OpenClaw if it is the older of the two."
            ),
            Self::Closed(why) => write!(out, "The gateway ended the connection ({why})."),
            Self::NoTarget(why) => out.write_str(why),
            Self::Device(why) => write!(
                out,
                "The device key for the gateway cannot be used: {why}. Remove the file, and a new one is made."
            ),
            Self::Other(fault) => {
                write!(out, "The gateway refused: {} ({}).", plain(&fault.message), plain(&fault.code))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fault(code: &str, message: &str, details: serde_json::Value) -> Fault {
        Fault { code: code.to_owned(), message: message.to_owned(), details: Some(details), ..Fault::default() }
    }

    #[test]
    fn every_version_s_words_are_understood() {
        let mismatch = fault("INVALID_REQUEST", "protocol mismatch", json!({"expectedProtocol": 3}));
        assert_eq!(Refusal::of(mismatch, true), Refusal::Protocol { expected: Some(3) });
        let wrong =
            fault("INVALID_REQUEST", "unauthorized: gateway token mismatch", json!({"code": "AUTH_TOKEN_MISMATCH"}));
        assert_eq!(Refusal::of(wrong.clone(), true), Refusal::WrongToken);
        assert_eq!(Refusal::of(wrong, false), Refusal::NoToken);
        let pairing = fault("NOT_PAIRED", "pairing required: scope upgrade", json!({"requestId": "r-1"}));
        assert_eq!(Refusal::of(pairing, true), Refusal::PairingRequired { request: Some("r-1".to_owned()) });
        let scope = fault("INVALID_REQUEST", "missing scope: operator.read", json!(null));
        assert_eq!(Refusal::of(scope, true), Refusal::MissingScope("operator.read".to_owned()));
        let device = fault("NOT_PAIRED", "device identity required", json!({"code": "DEVICE_IDENTITY_REQUIRED"}));
        assert!(Refusal::of(device.clone(), true).wants_device());
        assert_eq!(Refusal::of(device, false), Refusal::NoToken);
    }

    #[test]
    fn a_certificate_is_told_from_a_silence() {
        use std::io::{Error, ErrorKind};
        let unknown = rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
        let refusal = Refusal::of_io("wss://x", &Error::new(ErrorKind::InvalidData, unknown));
        assert!(matches!(refusal, Refusal::Untrusted { .. }) && refusal.is_lasting(), "{refusal}");
        let plain = rustls::Error::InvalidMessage(rustls::InvalidMessage::InvalidContentType);
        let refusal = Refusal::of_io("wss://x", &Error::new(ErrorKind::InvalidData, plain));
        assert!(matches!(refusal, Refusal::NotAGateway { .. }), "{refusal}");
        let refused = Error::from(ErrorKind::ConnectionRefused);
        assert!(matches!(Refusal::of_io("wss://x", &refused), Refusal::Unreachable { .. }));
    }

    #[test]
    fn each_has_its_own_words() {
        let all = [
            Refusal::Unreachable { url: "ws://x".to_owned(), why: "refused".to_owned() },
            Refusal::Untrusted { url: "wss://x".to_owned(), why: "UnknownIssuer".to_owned() },
            Refusal::WrongToken,
            Refusal::NoToken,
            Refusal::RateLimited,
            Refusal::PairingRequired { request: Some("r".to_owned()) },
            Refusal::Protocol { expected: Some(5) },
            Refusal::MissingScope("operator.read".to_owned()),
            Refusal::Slow { what: "sessions.list".to_owned(), seconds: 15 },
            Refusal::NotAGateway { url: "ws://x".to_owned(), what: "it says nothing".to_owned() },
            Refusal::PairingRequired { request: None },
            Refusal::OtherInstallation { url: "ws://x".to_owned(), state_dir: "/y".to_owned() },
            Refusal::Garbled("sessions.list".to_owned()),
            Refusal::Device("no key".to_owned()),
            Refusal::Other(fault("X", "y", json!(null))),
            Refusal::Closed("1006".to_owned()),
            Refusal::NoTarget("no file".to_owned()),
        ];
        let words: std::collections::BTreeSet<String> = all.iter().map(ToString::to_string).collect();
        assert_eq!(words.len(), all.len());
    }
}
