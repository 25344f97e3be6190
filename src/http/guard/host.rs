//! Host names: which are loopback, and whether an `Origin` is this server.

use std::net::{IpAddr, Ipv6Addr};

use axum::http::{HeaderMap, header};

/// Whether a request is for a loopback name. One without a name cannot be a browser's.
#[must_use]
pub fn is_loopback(headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(header::HOST) else { return true };
    let Some((name, _)) = host.to_str().ok().and_then(split) else { return false };
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Whether an `Origin` is the server that the request goes to.
#[must_use]
pub fn is_same(origin: &str, host: &str) -> bool {
    let Some((scheme, rest)) = origin.split_once("://") else { return false };
    // Behind a proxy that speaks TLS the browser says https, which we cannot see: either scheme is ours.
    let default = match scheme {
        _ if scheme.eq_ignore_ascii_case("http") => 80,
        _ if scheme.eq_ignore_ascii_case("https") => 443,
        _ => return false,
    };
    let (Some((its, its_port)), Some((ours, our_port))) = (split(rest), split(host)) else { return false };
    its_port.unwrap_or(default) == our_port.unwrap_or(default) && same_name(its, ours)
}

fn same_name(one: &str, two: &str) -> bool {
    let six = |name: &str| name.strip_prefix('[')?.strip_suffix(']')?.parse::<Ipv6Addr>().ok();
    one.eq_ignore_ascii_case(two) || six(one).is_some_and(|address| six(two) == Some(address))
}

/// Name and port; an IPv6 address keeps its brackets.
fn split(host: &str) -> Option<(&str, Option<u16>)> {
    let end = if host.starts_with('[') { host.find(']')? + 1 } else { host.find(':').unwrap_or(host.len()) };
    let (name, port) = host.split_at(end);
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '[' | ']' | ':');
    if name.is_empty() || !name.chars().all(allowed) {
        return None;
    }
    match port.strip_prefix(':') {
        None if port.is_empty() => Some((name, None)),
        None => None,
        Some(port) if port.bytes().all(|byte| byte.is_ascii_digit()) => {
            port.parse().ok().map(|port| (name, Some(port)))
        }
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_names() {
        let loopback =
            |host: &str| is_loopback(&[(header::HOST, host.parse().expect("a header"))].into_iter().collect());
        for host in ["127.0.0.1:5050", "localhost", "LOCALHOST:1", "[::1]:5050", "127.8.9.1"] {
            assert!(loopback(host), "{host}");
        }
        for host in [
            "evil.example",
            "evil.example:5050",
            "127.0.0.1.evil.example",
            "localhost.evil.example",
            "localhost:5050:1",
            "localhost:x",
            "192.168.0.2:5050",
            "[::2]",
            "",
        ] {
            assert!(!loopback(host), "{host}");
        }
    }

    #[test]
    fn the_same_origin() {
        for (origin, host) in [
            ("http://127.0.0.1:5050", "127.0.0.1:5050"),
            ("http://LOCALHOST:5050", "localhost:5050"),
            ("http://factory.example", "factory.example"),
            ("http://factory.example", "factory.example:80"),
            ("https://factory.example", "factory.example"),
            ("https://factory.example:443", "Factory.example"),
            ("http://[::1]:5050", "[::1]:5050"),
            ("http://[0:0:0:0:0:0:0:1]:5050", "[::1]:5050"),
        ] {
            assert!(is_same(origin, host), "{origin} {host}");
        }
        for (origin, host) in [
            ("null", "127.0.0.1:5050"),
            ("", "127.0.0.1:5050"),
            ("http://127.0.0.1:3000", "127.0.0.1:5050"),
            ("http://localhost:5050", "127.0.0.1:5050"),
            ("http://127.0.0.1", "127.0.0.1:5050"),
            ("https://factory.example", "factory.example:80"),
            ("http://factory.example.evil.example", "factory.example"),
            ("http://evil.example", "factory.example"),
            ("http://evil.example#@factory.example", "factory.example"),
            ("http://factory.example@evil.example", "factory.example"),
            ("http://factory.example/", "factory.example"),
            ("http://factory.example:+80", "factory.example"),
            ("ftp://factory.example", "factory.example"),
            ("file://", ""),
            ("http://", ""),
            ("http://[::2]:5050", "[::1]:5050"),
        ] {
            assert!(!is_same(origin, host), "{origin} {host}");
        }
    }
}
