//! The API against the router: shapes, queries, caching, errors.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use factory_dashboard::clock::ManualClock;
use factory_dashboard::http::guard::Guard;
use factory_dashboard::hub::Hub;
use http_body_util::BodyExt;
use serde_json::{Value, json};

use crate::support::{NOW, World, call, fixture, header as session, one_session, server};

#[tokio::test]
async fn a_session_has_every_field_of_the_contract() {
    let answer = World::of(&fixture("2026.9.6")).read().get("/api/sessions?agent=main&type=main").await;
    insta::assert_json_snapshot!(answer, { ".sessions[0].ageMs" => "[age]", ".sessions[0].ageFormatted" => "[age]" });
}

#[tokio::test]
async fn filters_combine_and_totals_cover_what_matches() {
    let mut world = World::of(&fixture("2026.9.6"));
    world.read();
    for (query, total) in [
        ("", 8),
        ("?agent=ops", 2),
        ("?agent=ops,research", 4),
        ("?type=subagent", 3),
        ("?status=stale", 8),
        ("?status=active,idle", 0),
        ("?model=claude-opus-4-5", 4),
        ("?model=mock/claude-opus-4-5", 4),
        ("?q=LITERATURE", 1),
        ("?q=%EC%97%86", 0),
        ("?installation=test", 8),
        ("?installation=other", 0),
        ("?active=60", 0),
        ("?active=5256000", 8),
    ] {
        assert_eq!(world.get(&format!("/api/sessions{query}")).await["total"], total, "{query}");
    }
    let page = world.get("/api/sessions?sort=cost&limit=2&offset=1").await;
    let keys: Vec<&Value> = page["sessions"].as_array().unwrap().iter().map(|row| &row["key"]).collect();
    assert_eq!(keys, ["agent:research:main", "agent:main:cron:0fe29eef-68fd-4c35-b56b-df91d2d8894f"]);
    assert_eq!((&page["total"], &page["stats"]["main"]), (&json!(8), &json!(4)), "before the limit");
    assert_eq!(world.get("/api/sessions?limit=0").await["sessions"], json!([]));
}

#[tokio::test]
async fn mistakes_in_a_query_are_named() {
    let mut world = World::of(&fixture("2026.3.13"));
    let (status, problem) = world.server().get_any("/api/sessions?sort=colour&page=2").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    insta::assert_json_snapshot!(problem);
    for path in [
        "/api/health?x=1",
        "/api/sources?x=1",
        "/api/tasks?status=done",
        "/api/tasks?limit=-1",
        "/api/trends?tz=Nowhere",
        "/api/health?strict=2",
    ] {
        assert_eq!(world.server().get_any(path).await.0, StatusCode::BAD_REQUEST, "{path}");
    }
    assert_eq!(world.server().get_any("/api/nothing").await.0, StatusCode::NOT_FOUND);
    assert_eq!(world.server().get_any("/nothing.js").await.0, StatusCode::NOT_FOUND);
    let post = Request::post("/api/sessions").body(Body::empty()).unwrap();
    let response = world.server().send(post).await;
    assert_eq!(
        (response.status(), response.headers()[header::CONTENT_TYPE].to_str().unwrap()),
        (StatusCode::METHOD_NOT_ALLOWED, "application/problem+json")
    );
}

#[tokio::test]
async fn the_etag_names_the_data_and_not_the_clock() {
    let dir = one_session(&[session("s1"), call("a", "09:00:01", [10, 1, 0, 0], None)]);
    let mut world = World::of(dir.root());
    world.read();
    let clock = Arc::new(ManualClock::at(NOW));
    let app = server(Hub::new(world.pipeline.board(NOW)), Arc::clone(&clock), Guard::default());
    let ask = async |tag: Option<&str>| {
        let mut request = Request::get("/api/sessions");
        if let Some(tag) = tag {
            request = request.header(header::IF_NONE_MATCH, tag);
        }
        let response = app.send(request.body(Body::empty()).unwrap()).await;
        (response.status(), response.headers()[header::ETAG].to_str().unwrap().to_owned())
    };
    let (_, first) = ask(None).await;
    assert_eq!(ask(Some(&first)).await, (StatusCode::NOT_MODIFIED, first.clone()));
    clock.set(NOW + 3_000);
    assert_eq!(ask(Some(&first)).await.0, StatusCode::NOT_MODIFIED, "three seconds change no data");
    assert_eq!(app.get("/api/sessions").await["sessions"][0]["ageMs"], 8_000, "but a new reader sees the age of now");
    clock.set(NOW + 300_000);
    let (status, second) = ask(Some(&first)).await;
    assert_eq!(status, StatusCode::OK, "the session became idle");
    assert_ne!(first, second);
}

#[tokio::test]
async fn bodies_are_packed_as_the_reader_wishes() {
    let mut world = World::of(&fixture("2026.9.6"));
    let app = world.read().server();
    let plain = app.get("/api/sessions").await;
    for (accept, encoding) in [("br, gzip", "br"), ("gzip", "gzip"), ("br;q=0, gzip", "gzip")] {
        let request =
            Request::get("/api/sessions").header(header::ACCEPT_ENCODING, accept).body(Body::empty()).unwrap();
        let response = app.send(request).await;
        assert_eq!(response.headers()[header::CONTENT_ENCODING], encoding, "{accept}");
        let packed = response.into_body().collect().await.unwrap().to_bytes();
        let mut text = Vec::new();
        if encoding == "br" {
            brotli::BrotliDecompress(&mut packed.as_ref(), &mut text).unwrap();
        } else {
            std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(packed.as_ref()), &mut text).unwrap();
        }
        assert_eq!(serde_json::from_slice::<Value>(&text).unwrap(), plain);
    }
}

#[tokio::test]
async fn the_description_names_every_route_and_no_other() {
    let mut world = World::of(&fixture("2026.9.6"));
    let app = world.read().server();
    let description = app.get("/api/openapi.json").await;
    let mut paths: Vec<&String> = description["paths"].as_object().unwrap().keys().collect();
    paths.sort();
    assert_eq!(
        paths,
        [
            "/api/access",
            "/api/audit",
            "/api/events",
            "/api/health",
            "/api/openapi.json",
            "/api/prices",
            "/api/sessions",
            "/api/sessions/{key}",
            "/api/sessions/{key}/actions",
            "/api/sessions/{key}/export",
            "/api/sessions/{key}/logs",
            "/api/sessions/{key}/messages",
            "/api/sessions/{key}/messages/{id}",
            "/api/sessions/{key}/runs",
            "/api/sources",
            "/api/stream",
            "/api/tasks",
            "/api/tasks/{taskId}/actions",
            "/api/trends",
            "/api/usage",
            "/api/usage.csv"
        ]
    );
    // What never ends is held against the snapshot in `push`.
    for path in
        paths.into_iter().filter(|path| !["/api/events", "/api/stream"].contains(&path.as_str()) && !path.contains('{'))
    {
        let answer = app.get(path).await;
        let Some(schema) =
            description["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
                .as_str()
        else {
            continue;
        };
        let described = &description["components"]["schemas"][schema.rsplit('/').next().unwrap()]["properties"];
        for field in answer.as_object().unwrap().keys() {
            assert!(described.get(field).is_some(), "{path}: {field} is not described");
        }
    }
}

#[tokio::test]
async fn the_page_comes_with_a_strict_content_policy() {
    let mut world = World::of(&fixture("2026.9.6"));
    let response = world.server().send(Request::get("/").body(Body::empty()).unwrap()).await;
    assert_eq!(response.status(), StatusCode::OK);
    let policy = response.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"));
    assert!(response.headers()[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/html"));
}

#[tokio::test]
async fn trends_add_up() {
    let dir = one_session(&[
        session("s1"),
        call("a", "10:10:00", [100, 0, 0, 0], Some(1.0)),
        call("b", "11:59:00", [200, 0, 0, 0], Some(2.0)),
    ]);
    let answer = World::of(dir.root()).read().get("/api/trends?tz=UTC").await;
    let list =
        |name: &str| answer[name].as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect::<Vec<_>>();
    assert!((list("spent").iter().sum::<f64>() - 3.0).abs() < 1e-9);
    let last = |name: &str, expected: f64| assert!((list(name).last().unwrap() - expected).abs() < 1e-9, "{name}");
    last("costTotal", 3.0);
    last("tokensTotal", 300.0);
    last("contextTokens", 200.0);
    last("recentlyUsed", 1.0);
    assert_eq!(
        (list("active").iter().filter(|count| **count > 0.5).count(), &answer["peakActiveToday"]),
        (2, &json!(1))
    );
}
