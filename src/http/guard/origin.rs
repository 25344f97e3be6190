//! Whether another site's page is behind a request.

use axum::http::{HeaderMap, Method, header};

use super::host;

/// Reading alone: what the page of another site may make a browser do, since it cannot see the answer.
#[must_use]
pub fn only_reads(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// Whether a path belongs to the API and not to the page.
#[must_use]
pub fn is_api(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/")
}

/// Whether a page elsewhere made the browser send this.
#[must_use]
pub fn is_foreign(method: &Method, path: &str, headers: &HeaderMap) -> bool {
    let word = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // Browsers say this themselves, and no page can change it. `same-site` is foreign too: the other ports of
    // localhost are one site with us. A link to our page is fine, to the API it is not.
    let elsewhere = matches!(word("sec-fetch-site"), "cross-site" | "same-site");
    let follows_link = word("sec-fetch-mode") == "navigate" && only_reads(method) && !is_api(path);
    if elsewhere && !follows_link {
        return true;
    }
    // A WebSocket is opened by GET and bound by no same-origin policy, so its origin counts like that of a POST.
    // Scripts send none. A page whose origin is hidden (`null`) is somebody else's.
    if only_reads(method) && !is_websocket(headers) {
        return false;
    }
    let host = word("host");
    headers
        .get_all(header::ORIGIN)
        .iter()
        .any(|origin| !origin.to_str().is_ok_and(|origin| host::is_same(origin, host)))
}

fn is_websocket(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::UPGRADE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|protocol| protocol.trim().eq_ignore_ascii_case("websocket"))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;

    fn foreign(method: &Method, path: &str, pairs: &[(&str, &str)]) -> bool {
        let headers: HeaderMap = [("host", "127.0.0.1:5050")]
            .iter()
            .chain(pairs)
            .map(|(name, value)| (name.parse::<HeaderName>().expect("a name"), value.parse().expect("a value")))
            .collect();
        is_foreign(method, path, &headers)
    }

    #[test]
    fn the_origin_counts_where_something_may_change() {
        let (ours, other) = (("origin", "http://127.0.0.1:5050"), ("origin", "http://127.0.0.1:3000"));
        for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS] {
            assert!(!foreign(&method, "/api/x", &[]), "{method}: a script");
            assert!(!foreign(&method, "/api/x", &[ours]), "{method}");
            assert!(foreign(&method, "/api/x", &[other]), "{method}");
            assert!(foreign(&method, "/api/x", &[("origin", "null")]), "{method}");
        }
        assert!(!foreign(&Method::GET, "/api/x", &[other]), "the browser keeps the answer from it");
    }

    #[test]
    fn the_origin_of_a_websocket_counts() {
        for upgrade in ["websocket", "WebSocket", "h2c, websocket"] {
            let upgrade = ("upgrade", upgrade);
            assert!(!foreign(&Method::GET, "/api/stream", &[upgrade]));
            assert!(!foreign(&Method::GET, "/api/stream", &[upgrade, ("origin", "http://127.0.0.1:5050")]));
            for origin in ["http://127.0.0.1:3000", "https://evil.example", "null"] {
                assert!(foreign(&Method::GET, "/api/stream", &[upgrade, ("origin", origin)]), "{origin}");
            }
        }
    }

    #[test]
    fn a_link_to_the_page_may_be_followed_from_anywhere() {
        let (cross, same, navigate) =
            (("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("sec-fetch-mode", "navigate"));
        for site in [cross, same] {
            assert!(!foreign(&Method::GET, "/", &[site, navigate]));
            assert!(foreign(&Method::GET, "/api/sessions", &[site, navigate]));
            assert!(foreign(&Method::GET, "/api", &[site, navigate]));
            assert!(foreign(&Method::GET, "/api/sessions", &[site, ("sec-fetch-mode", "no-cors")]));
            assert!(foreign(&Method::GET, "/app.js", &[site, ("sec-fetch-mode", "no-cors")]));
            assert!(foreign(&Method::POST, "/sign-in", &[site, navigate]));
        }
        for site in ["same-origin", "none"] {
            assert!(!foreign(&Method::GET, "/api/sessions", &[("sec-fetch-site", site)]));
        }
    }
}
