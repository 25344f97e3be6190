//! The recordings of three versions of OpenClaw. The expected sums were made with `jq` and
//! `zstd` over the recorded records, not with this program.

use serde_json::Value;

use crate::support::{World, fixture, tokens};

/// Key without `agent:`, four token sums, recorded cost in millionths of a dollar, run state.
type Row = (&'static str, [u64; 4], f64, &'static str);

async fn check(version: &str, rows: &[Row], calls: u64, archived: u64) {
    let mut world = World::of(&fixture(version));
    let answer = world.read().get("/api/sessions").await;
    let listed = answer["sessions"].as_array().unwrap();
    assert_eq!(listed.len(), rows.len(), "{version}");
    for (key, sums, cost, run_state) in rows {
        let row = listed.iter().find(|row| row["key"] == format!("agent:{key}")).unwrap_or_else(|| panic!("no {key}"));
        assert_eq!(tokens(row), *sums, "{version} {key}");
        assert!((row["cost"].as_f64().unwrap() - cost / 1e6).abs() < 5e-7, "{version} {key}: {}", row["cost"]);
        assert_eq!(row["runState"], *run_state, "{version} {key}");
    }
    assert_eq!(answer["coverage"]["callsRead"], calls, "{version}");
    assert_eq!(answer["coverage"]["linesSkipped"], 0, "{version}");
    let sources = world.get("/api/sources").await;
    let agents = sources["sources"][0]["agents"].as_array().unwrap();
    assert_eq!(agents.iter().map(|agent| agent["archivedCalls"].as_u64().unwrap()).sum::<u64>(), archived, "{version}");
}

#[tokio::test]
async fn sqlite_layout_of_2026_9_6() {
    let rows: [Row; 8] = [
        ("main:main", [10_100, 349, 1_600, 0], 60_025.0, "idle"),
        ("main:cron:0fe29eef-68fd-4c35-b56b-df91d2d8894f", [1_000, 22, 0, 0], 5_550.0, "idle"),
        ("main:subagent:392f3684-9e87-4143-9208-1248afdfb3b0", [700, 15, 50, 0], 3_900.0, "idle"),
        ("main:subagent:c40dcc97-77dc-4b76-9a4f-8901b65724af", [0, 0, 0, 0], 0.0, "aborted"),
        ("ops:longrun", [0, 0, 0, 0], 0.0, "failed"),
        ("ops:main", [0, 0, 0, 0], 0.0, "failed"),
        ("research:main", [4_080, 145, 900, 150], 15_247.5, "idle"),
        ("research:subagent:8245807b-0751-4c76-9e79-16caeb3ac055", [650, 18, 0, 40], 2_370.0, "idle"),
    ];
    check("2026.9.6", &rows, 24, 4).await;
}

#[tokio::test]
async fn jsonl_layout_of_2026_5_28() {
    let rows: [Row; 8] = [
        ("main:main", [10_020, 349, 1_600, 0], 59_625.0, "idle"),
        ("main:cron:02da127b-1b6c-4f96-8a11-ea994fb11454", [500, 11, 0, 0], 2_775.0, "idle"),
        ("main:subagent:08dd3d3d-6662-40a2-a157-223ef63e7e67", [700, 15, 50, 0], 3_900.0, "idle"),
        ("main:subagent:1cbbed00-185f-473b-995a-3abe95ee29de", [0, 0, 0, 0], 0.0, "aborted"),
        ("ops:longrun", [0, 0, 0, 0], 0.0, "aborted"),
        ("ops:main", [0, 0, 0, 0], 0.0, "failed"),
        ("research:main", [4_050, 145, 900, 150], 15_157.5, "idle"),
        ("research:subagent:f56cdecf-2d8c-4613-b399-8aa4815b4d4c", [650, 18, 0, 40], 2_370.0, "idle"),
    ];
    check("2026.5.28", &rows, 22, 3).await;
}

#[tokio::test]
async fn jsonl_layout_of_2026_3_13() {
    let rows: [Row; 8] = [
        ("main:main", [10_080, 347, 1_600, 0], 59_875.0, "idle"),
        // Its `:run:` alias has the same session id and is no second session.
        ("main:cron:995cc9c8-7986-4ebe-8c6c-a5d627290b31", [500, 11, 0, 0], 2_775.0, "idle"),
        ("main:subagent:aa15cf73-5f40-455d-943c-1dfb174ef1c5", [1_020, 16, 0, 0], 5_500.0, "idle"),
        ("main:subagent:c3071506-4af8-40d6-8ffc-5ad2f5e98b57", [700, 15, 50, 0], 3_900.0, "idle"),
        ("ops:longrun", [0, 0, 0, 0], 0.0, "idle"),
        ("ops:main", [0, 0, 0, 0], 0.0, "failed"),
        ("research:main", [4_050, 145, 900, 150], 15_157.5, "idle"),
        ("research:subagent:4258bcfe-4831-43b9-9e6e-49692e4d954a", [650, 18, 0, 40], 2_370.0, "idle"),
    ];
    check("2026.3.13", &rows, 19, 0).await;
}

#[tokio::test]
async fn tasks_and_jobs_of_every_version() {
    for (version, tasks, jobs) in [("2026.9.6", true, true), ("2026.5.28", true, true), ("2026.3.13", true, true)] {
        let answer = World::of(&fixture(version)).read().get("/api/tasks").await;
        assert_eq!(answer["tasks"].as_array().is_some_and(|list| !list.is_empty()), tasks, "{version}");
        assert_eq!(answer["cronJobs"].as_array().is_some_and(|list| !list.is_empty()), jobs, "{version}");
        let nightly = answer["cronJobs"].as_array().unwrap().iter().find(|job| job["name"] == "lab nightly").unwrap();
        assert_eq!(
            (&nightly["schedule"], &nightly["lastStatus"]),
            (&Value::from("every 12 h"), &Value::from("ok")),
            "{version}"
        );
        let subagents = answer["tasks"].as_array().unwrap().iter().filter(|task| task["runtime"] == "subagent");
        assert!(subagents.clone().all(|task| task["parentKey"].is_string() && task["key"].is_string()), "{version}");
        assert!(subagents.count() > 0, "{version}");
    }
}

#[tokio::test]
async fn parents_are_known() {
    for version in ["2026.9.6", "2026.5.28", "2026.3.13"] {
        let mut world = World::of(&fixture(version));
        let main = world.read().session("agent:research:main").await;
        assert_eq!(main["childCount"], 1, "{version}");
        let answer = world.get("/api/sessions?type=subagent&agent=research").await;
        assert_eq!(answer["sessions"][0]["parentKey"], "agent:research:main", "{version}");
        assert_eq!(answer["sessions"][0]["label"], "literature", "{version}");
    }
}
