//! `GET /api/usage` and its CSV over a list of calls. Every figure was worked out by hand.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use factory_dashboard::clock::ManualClock;
use factory_dashboard::domain::usage::CallOutcome;
use factory_dashboard::http::guard::Guard;
use factory_dashboard::hub::Hub;
use factory_dashboard::store::UsageHistory;
use http_body_util::BodyExt;
use serde_json::{Value, json};

use crate::support::history::{Broken, CallList, Made, made};
use crate::support::{NOW, Server, World, book, call, header as session, one_session, pipeline_with, server_with};

/// Two days of Seoul, whose midnight is 15:00 UTC, and a day of which nothing has a price.
pub fn calls() -> Vec<Made> {
    vec![
        // 1,000 x $5/M + 2,000 x $25/M = $0.055.
        made("2026-11-22T14:59:59Z", "claude-opus-4-5", [1000, 2000, 0, 0]),
        // By the list 1,000 x 5 + 10,000 x 0.5 + 1,000 x 6.25 = 16,250 dollars per million = $0.01625.
        made("2026-11-22T15:00:00Z", "claude-opus-4-5", [1000, 0, 10_000, 1000]).recorded(0.02),
        // 1,000 x $3/M + 1,000 x $15/M = $0.018.
        made("2026-11-23T03:00:00Z", "claude-sonnet-4-5", [1000, 1000, 0, 0])
            .by("test", "main", Some("agent:main:cron:j"), "s2")
            .ended(CallOutcome::Failed),
        made("2026-11-24T01:00:00Z", "mystery", [500, 100, 0, 0]).by("test", "ops", None, "s3"),
        made("2026-11-24T02:00:00Z", "", [0; 4]).by("lab", "ops", Some("global"), "s4").ended(CallOutcome::Aborted),
    ]
}

fn app_over(history: impl UsageHistory + 'static) -> Server {
    let dir = one_session(&[session("s1"), call("a", "09:00:01", [10, 1, 0, 0], None)]);
    dir.index(&[("main", json!({"sessionId": "s1", "updatedAt": NOW - 5_000, "label": "front desk"}))]);
    let mut world = World::of(dir.root());
    let hub = Hub::new(world.read().pipeline.board(NOW));
    server_with(hub, Arc::new(ManualClock::at(NOW)), Guard::default(), Arc::new(history))
}

fn app() -> Server {
    app_over(CallList { book: book(), calls: calls() })
}

async fn get(query: &str) -> Value {
    app().get(&format!("/api/usage?tz=Asia/Seoul&{query}")).await
}

/// Calls, cost and calls without a price.
fn brief(figures: &Value) -> Value {
    json!([figures["calls"], figures["cost"], figures["unpricedCalls"]])
}

#[tokio::test]
async fn the_last_thirty_days_by_day() {
    let answer = get("").await;
    assert_eq!(answer["from"], "2026-10-26T00:00:00+09:00");
    assert_eq!(answer["to"], "2026-11-25T00:00:00+09:00");
    assert_eq!((&answer["tz"], &answer["bucket"], &answer["by"]), (&json!("Asia/Seoul"), &json!("day"), &json!([])));
    assert_eq!((&answer["groups"], &answer["groupsLeftOut"]), (&json!([{}]), &json!(0)));
    let buckets = answer["buckets"].as_array().unwrap();
    assert_eq!(buckets.len(), 30);
    let zeros = json!({"calls": 0, "errors": 0, "aborted": 0, "inputTokens": 0, "outputTokens": 0, "cacheReadTokens": 0,
        "cacheWriteTokens": 0, "cost": 0.0, "unpricedCalls": 0});
    assert_eq!(
        buckets[0],
        json!({"start": "2026-10-26T00:00:00+09:00", "end": "2026-10-27T00:00:00+09:00",
        "values": [], "totals": zeros})
    );
    let days: Vec<Value> = buckets[27..].iter().map(|bucket| brief(&bucket["totals"])).collect();
    // The 22nd; then 0.02 as recorded and 0.018; then nothing that is known.
    assert_eq!(days, [json!([1, 0.055, 0]), json!([2, 0.038, 0]), json!([2, null, 1])]);
    let totals = json!({"calls": 5, "errors": 1, "aborted": 1, "inputTokens": 3500, "outputTokens": 3100,
        "cacheReadTokens": 10000, "cacheWriteTokens": 1000, "cost": 0.093, "unpricedCalls": 1});
    assert_eq!(answer["totals"], totals);
    let mut of_group = totals;
    of_group["group"] = json!(0);
    assert_eq!(answer["groupTotals"], json!([of_group]));
    assert_eq!(answer["unpricedModels"], json!(["mystery"]));
    assert_eq!(answer["firstCallAt"], 1_795_359_599_000_i64);
}

#[tokio::test]
async fn each_basis_has_its_own_sums() {
    for (basis, cost, unpriced) in [
        ("auto", 0.093, 1),
        // 0.055 + 0.01625 + 0.018.
        ("list", 0.08925, 1),
        // The three other calls that used tokens.
        ("recorded", 0.02, 3),
        // 3,500 x $15/M + 3,100 x $75/M = 0.0525 + 0.2325.
        ("reference", 0.285, 0),
    ] {
        let answer = get(&format!("basis={basis}")).await;
        assert_eq!(brief(&answer["totals"]), json!([5, cost, unpriced]), "{basis}");
        assert_eq!(answer["basis"], basis);
    }
}

#[tokio::test]
async fn groups_stand_by_cost_then_tokens() {
    let answer = get("by=model,agent&bucket=total&from=all").await;
    let opus = json!({"model": "claude-opus-4-5", "agent": "main"});
    let sonnet = json!({"model": "claude-sonnet-4-5", "agent": "main"});
    // A call without a model and without tokens costs nothing, which is known.
    let expected = json!([opus, sonnet, {"model": "", "agent": "ops"}, {"model": "mystery", "agent": "ops"}]);
    assert_eq!(answer["groups"], expected);
    let totals: Vec<Value> = answer["groupTotals"].as_array().unwrap().iter().map(brief).collect();
    assert_eq!(totals, [json!([2, 0.075, 0]), json!([1, 0.018, 0]), json!([1, 0.0, 0]), json!([1, null, 1])]);
    assert_eq!(answer["from"], "2026-11-22T00:00:00+09:00");
    assert_eq!(answer["buckets"].as_array().unwrap().len(), 1);

    let answer = get("by=model&limit=1").await;
    assert_eq!((&answer["groups"], &answer["groupsLeftOut"]), (&json!([{"model": "claude-opus-4-5"}]), &json!(3)));
    assert_eq!(brief(&answer["totals"]), json!([5, 0.093, 1]));
    assert_eq!(answer["buckets"][29]["values"], json!([]));
    assert_eq!(answer["buckets"][29]["totals"]["calls"], 2);
}

#[tokio::test]
async fn sessions_say_whose_they_are() {
    let answer = get("by=session&bucket=month").await;
    let row = |session: &str, installation: &str, agent: &str, kind: &str, label: Value| json!({"session": session, "installation": installation, "agent": agent, "type": kind, "label": label});
    let expected = json!([
        row("agent:main:main", "test", "main", "main", json!("front desk")),
        row("agent:main:cron:j", "test", "main", "cron", Value::Null),
        row("global", "lab", "ops", "main", Value::Null),
        row("agent:ops:s3", "test", "ops", "", Value::Null),
    ]);
    assert_eq!(answer["groups"], expected);
    assert_eq!(answer["buckets"].as_array().unwrap().len(), 2, "October is cut off at the start of the range");
}

#[tokio::test]
async fn filters_narrow_everything() {
    for (filter, calls) in [
        ("agent=main", 3),
        ("agent=main,ops", 5),
        ("model=mystery", 1),
        ("model=anthropic/claude-opus-4-5", 2),
        ("type=cron", 1),
        ("type=unknown", 1),
        ("type=main,unknown", 4),
        ("installation=lab", 1),
        ("installation=nowhere", 0),
        ("agent=ops&installation=test", 1),
    ] {
        let answer = get(&format!("by=provider&{filter}")).await;
        assert_eq!(answer["totals"]["calls"], calls, "{filter}");
    }
    assert_eq!(get("by=type&agent=ops").await["groups"], json!([{"type": "main"}, {"type": ""}]));
}

#[tokio::test]
async fn ranges_are_days_or_moments() {
    for (range, calls, buckets) in [
        ("from=2026-11-22&to=2026-11-22", 1, 1),
        ("from=2026-11-23&to=2026-11-23&bucket=hour", 2, 24),
        ("to=2026-11-22", 1, 30),
        ("from=2026-11-22T15:00:00Z&to=2026-11-23T03:00:00Z", 1, 1),
        // Taken to quarters of an hour: 03:00 to 03:15.
        ("from=2026-11-23T12:04:00%2B09:00&to=2026-11-23T03:05:00Z", 1, 1),
        ("from=all&bucket=week", 5, 2),
        ("from=all&bucket=month", 5, 1),
    ] {
        let answer = get(range).await;
        assert_eq!(answer["totals"]["calls"], calls, "{range}");
        assert_eq!(answer["buckets"].as_array().unwrap().len(), buckets, "{range}");
    }
    let empty = app_over(CallList { book: book(), calls: Vec::new() }).get("/api/usage?from=all").await;
    assert_eq!((&empty["firstCallAt"], &empty["from"]), (&Value::Null, &json!("2026-11-24T00:00:00+00:00")));
}

#[tokio::test]
async fn a_month_is_priced_by_the_rates_of_each_day() {
    let mut book = book();
    let list = factory_dashboard::config::prices::import(
        r#"{"asOf":"2026-11-23","models":[{"provider":"anthropic","name":"claude-opus-4-5","in":4000000,"out":20000000}]}"#,
    );
    book.add_list(
        "2026-11-23T00:00:00Z".parse::<jiff::Timestamp>().unwrap().as_millisecond(),
        "2026-11-23".into(),
        String::new(),
        list.unwrap().models,
    );
    let calls = vec![
        // The last millisecond of the day before: 1,000 x $5/M. The day of the change: 1,000 x $4/M.
        made("2026-11-22T23:59:59.999Z", "claude-opus-4-5", [1000, 0, 0, 0]),
        made("2026-11-23T00:00:00Z", "claude-opus-4-5", [1000, 0, 0, 0]),
    ];
    let dir = one_session(&[]);
    let mut world = World::of(dir.root());
    world.pipeline = pipeline_with(book.clone(), NOW);
    let hub = Hub::new(world.read().pipeline.board(NOW));
    let history = Arc::new(CallList { book, calls });
    let app = server_with(hub, Arc::new(ManualClock::at(NOW)), Guard::default(), history);
    for bucket in ["month", "total", "hour"] {
        let answer = app.get(&format!("/api/usage?tz=America/New_York&bucket={bucket}")).await;
        assert_eq!(brief(&answer["totals"]), json!([2, 0.009, 0]), "{bucket}");
    }
}

#[tokio::test]
async fn mistakes_are_named() {
    for (query, part) in [
        ("?bucket=year&by=colour&page=1", "hour, day, week, month or total"),
        ("?from=2026-11-25", "'from' must lie before 'to'"),
        ("?from=2020-01-01&bucket=hour", "more than 20000 buckets of one hour; choose a longer 'bucket'"),
        ("?to=2026-11-24T00:00", "a time such as 2026-11-24T09:00:00Z"),
    ] {
        for path in ["/api/usage", "/api/usage.csv"] {
            let (status, problem) = app().get_any(&format!("{path}{query}")).await;
            let detail = problem["detail"].as_str().unwrap();
            assert!(status == StatusCode::BAD_REQUEST && detail.contains(part), "{query}: {detail}");
        }
    }
    let (status, problem) = app_over(Broken).get_any("/api/usage").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(problem["detail"].as_str().unwrap().contains("the disk is full"), "{problem}");
}

#[tokio::test]
async fn the_tag_names_data_and_range() {
    let app = app();
    let ask = async |path: &str, tag: Option<&str>| {
        let mut request = Request::get(path);
        if let Some(tag) = tag {
            request = request.header(header::IF_NONE_MATCH, tag);
        }
        let response = app.send(request.body(Body::empty()).unwrap()).await;
        (response.status(), response.headers()[header::ETAG].to_str().unwrap().to_owned())
    };
    let (_, first) = ask("/api/usage", None).await;
    assert_eq!(ask("/api/usage", Some(&first)).await, (StatusCode::NOT_MODIFIED, first.clone()));
    assert_eq!(ask("/api/usage.csv", Some(&first)).await.0, StatusCode::NOT_MODIFIED);
    assert_ne!(ask("/api/usage?to=2026-11-23", None).await.1, first);
}

#[tokio::test]
async fn the_same_as_a_table() {
    let path = "/api/usage.csv?tz=Asia/Seoul&from=2026-11-21&by=agent,model";
    let response = app().send(Request::get(path).body(Body::empty()).unwrap()).await;
    assert_eq!(response.headers()[header::CONTENT_TYPE], "text/csv; charset=utf-8");
    let disposition = &response.headers()[header::CONTENT_DISPOSITION];
    assert_eq!(disposition, "attachment; filename=\"usage_2026-11-21_2026-11-24.csv\"");
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    let expected = [
        "start,end,agent,model,calls,errors,aborted,inputTokens,outputTokens,cacheReadTokens,cacheWriteTokens,cost,unpricedCalls",
        "2026-11-21T00:00:00+09:00,2026-11-22T00:00:00+09:00,,,0,0,0,0,0,0,0,0,0",
        "2026-11-22T00:00:00+09:00,2026-11-23T00:00:00+09:00,main,claude-opus-4-5,1,0,0,1000,2000,0,0,0.055,0",
        "2026-11-23T00:00:00+09:00,2026-11-24T00:00:00+09:00,main,claude-opus-4-5,1,0,0,1000,0,10000,1000,0.02,0",
        "2026-11-23T00:00:00+09:00,2026-11-24T00:00:00+09:00,main,claude-sonnet-4-5,1,1,0,1000,1000,0,0,0.018,0",
        "2026-11-24T00:00:00+09:00,2026-11-25T00:00:00+09:00,ops,,1,0,1,0,0,0,0,0,0",
        "2026-11-24T00:00:00+09:00,2026-11-25T00:00:00+09:00,ops,mystery,1,0,0,500,100,0,0,,1",
        "",
    ];
    assert_eq!(String::from_utf8_lossy(&bytes).split("\r\n").collect::<Vec<_>>(), expected);
}

/// Two installations may hold the same key.
#[tokio::test]
async fn a_session_in_a_table_says_where_it_is() {
    for (by, head, first) in [
        ("session", "session,installation,agent", "agent:main:main,test,main"),
        ("agent,session", "agent,session,installation", "main,agent:main:main,test"),
    ] {
        let path = format!("/api/usage.csv?bucket=total&from=all&by={by}");
        let response = app().send(Request::get(path).body(Body::empty()).unwrap()).await;
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let lines: Vec<&str> = text.split("\r\n").collect();
        assert!(lines[0].starts_with(&format!("start,end,{head},calls,")), "{}", lines[0]);
        assert!(lines[1].contains(&format!(",{first},")), "{}", lines[1]);
    }
}
