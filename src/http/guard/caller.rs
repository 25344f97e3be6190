//! Who sent a request, for the handlers; and the key to those that change something: [`Controller`].

use std::fmt;
use std::net::IpAddr;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::http::error::ApiError;

/// By what a request shows that it may.
#[derive(Clone, PartialEq, Eq)]
pub enum Caller {
    /// By nothing.
    None,
    /// By the token itself: a script.
    Bearer,
    /// By the cookie of a sign-in.
    Browser {
        /// What its page must send back with every change.
        csrf: String,
    },
}

impl fmt::Debug for Caller {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::None => "None",
            Self::Bearer => "Bearer",
            Self::Browser { .. } => "Browser",
        })
    }
}

/// What the guard found out; every handler can take it as an `Extension`.
#[derive(Clone, Debug)]
pub struct Access {
    /// Who it is.
    pub caller: Caller,
    /// Whether the program was started with `--allow-control`.
    pub allow_control: bool,
    /// From which address; not known where there is no connection, as in tests.
    pub from: Option<IpAddr>,
}

/// How somebody who may change something showed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// With the token.
    Bearer,
    /// With the cookie and its CSRF token.
    Browser,
}

impl Who {
    /// As it stands in the audit log.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Bearer => "bearer",
            Self::Browser => "browser",
        }
    }
}

/// Somebody who may stop, restart and delete. A handler that takes one is never run for anybody else; origin and
/// CSRF token were checked before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Controller {
    /// By what.
    pub who: Who,
    /// From which address.
    pub from: Option<IpAddr>,
}

impl Access {
    /// The right to change something, or why there is none.
    pub fn controller(&self) -> Result<Controller, ApiError> {
        if !self.allow_control {
            return Err(ApiError::ControlOff);
        }
        let who = match self.caller {
            Caller::None => return Err(ApiError::Unauthorized),
            Caller::Bearer => Who::Bearer,
            Caller::Browser { .. } => Who::Browser,
        };
        Ok(Controller { who, from: self.from })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Controller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        // Without the guard in front there is nobody to trust.
        parts.extensions.get::<Access>().ok_or(ApiError::Unauthorized)?.controller()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_needs_the_option_and_a_token() {
        let browser = Caller::Browser { csrf: "seal".to_owned() };
        for (caller, allow_control, expected) in [
            (Caller::None, false, Err(ApiError::ControlOff)),
            (Caller::Bearer, false, Err(ApiError::ControlOff)),
            (browser.clone(), false, Err(ApiError::ControlOff)),
            (Caller::None, true, Err(ApiError::Unauthorized)),
            (Caller::Bearer, true, Ok(Who::Bearer)),
            (browser.clone(), true, Ok(Who::Browser)),
        ] {
            let access = Access { caller, allow_control, from: None };
            assert_eq!(access.controller().map(|controller| controller.who), expected, "{access:?}");
        }
        assert_eq!(format!("{browser:?}"), "Browser", "the CSRF token is never printed");
    }

    #[tokio::test]
    async fn without_the_guard_nobody_controls() {
        let (mut parts, ()) = axum::http::Request::new(()).into_parts();
        assert_eq!(Controller::from_request_parts(&mut parts, &()).await, Err(ApiError::Unauthorized));
    }
}
