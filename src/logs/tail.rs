//! The log as the gateway tells it.

use std::time::Duration;

use serde::Deserialize;

use super::{After, Ask, Part, choose, number};
use crate::gateway::connection::Caller;
use crate::gateway::methods;

/// How long the gateway may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many lines are asked for: those of one session are few among them.
const LINES: u64 = 2_000;

#[derive(Deserialize)]
struct Told {
    #[serde(default)]
    file: String,
    #[serde(default)]
    cursor: u64,
    #[serde(default)]
    lines: Vec<String>,
}

/// The newest lines, or those after a place; why not, in the user's words.
pub(super) async fn read(caller: &Caller, ask: &Ask) -> Result<Part, String> {
    let mut connection = caller.call().await.map_err(|refusal| refusal.to_string())?;
    let asked = methods::logs_tail(ask.after.map(|after| after.at), LINES);
    let answer = connection.ask("logs.tail", &asked, PATIENCE).await.map_err(|refusal| refusal.to_string())?;
    let answer = answer.map_err(|fault| format!("The gateway did not tell its log: {}", fault.message))?;
    let told: Told = serde_json::from_str(answer.get())
        .map_err(|_| "The gateway told its log in a form that is not understood.".to_owned())?;
    let file = number(&told.file);
    let name = told.file.rsplit('/').next().filter(|name| !name.is_empty()).map(str::to_owned);
    let part = Part {
        after: Some(After { file, at: told.cursor }),
        lines: choose(&told.lines, ask),
        source: "gateway",
        file: name,
        problem: None,
    };
    // It writes a file for each day: a place in yesterday's says nothing of today's.
    if ask.after.is_some_and(|after| after.file != file) {
        let anew = connection.ask("logs.tail", &methods::logs_tail(None, LINES), PATIENCE).await;
        if let Ok(Ok(answer)) = anew
            && let Ok(told) = serde_json::from_str::<Told>(answer.get())
        {
            return Ok(Part {
                after: Some(After { file: number(&told.file), at: told.cursor }),
                lines: choose(&told.lines, ask),
                ..part
            });
        }
    }
    Ok(part)
}
