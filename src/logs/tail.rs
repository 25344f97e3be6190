//! The log as the gateway tells it.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use tokio::sync::Mutex;

use super::{After, Ask, Part, Told, choose, number};
use crate::gateway::connection::{Connection, WantsDevice};
use crate::gateway::methods;

/// How long the gateway may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long nobody may ask before the connection is closed. The gateway notes each new one in its log.
const KEPT: Duration = Duration::from_secs(15);
/// How many lines are asked for: those of one session are few among them.
const LINES: u64 = 2_000;

/// The connection to a gateway whose log is followed.
#[derive(Default)]
pub struct OpenLine {
    open: Mutex<Open>,
    /// Whether it wants a signed device.
    pub wants_device: WantsDevice,
}

#[derive(Default)]
struct Open {
    connection: Option<Connection>,
    /// The address that was called.
    address: String,
    /// How often it was asked.
    asked: u64,
}

#[derive(Deserialize)]
struct Tail {
    #[serde(default)]
    file: String,
    #[serde(default)]
    cursor: u64,
    #[serde(default)]
    lines: Vec<String>,
}

/// The newest lines, or those after a place; why not, in the user's words.
pub(super) async fn read(told: &Told, ask: &Ask) -> Result<Part, String> {
    let mut open = told.line.open.lock().await;
    open.asked += 1;
    let address = told.caller.address().expose().to_owned();
    // What was opened may be closed by now, or be of a gateway that is no more.
    if let Some(mut connection) = open.connection.take().filter(|_| open.address == address)
        && let Ok(part) = tell(&mut connection, ask).await
    {
        open.connection = Some(connection);
        close_later(&told.line, open.asked);
        return Ok(part);
    }
    let mut connection = told.caller.call().await.map_err(|refusal| refusal.to_string())?;
    let part = tell(&mut connection, ask).await?;
    (open.connection, open.address) = (Some(connection), address);
    close_later(&told.line, open.asked);
    Ok(part)
}

fn close_later(line: &Arc<OpenLine>, asked: u64) {
    let line = Arc::clone(line);
    tokio::spawn(async move {
        tokio::time::sleep(KEPT).await;
        let mut open = line.open.lock().await;
        if open.asked == asked {
            open.connection = None;
        }
    });
}

async fn tell(connection: &mut Connection, ask: &Ask) -> Result<Part, String> {
    let told = tail(connection, ask.after.map(|after| after.at)).await?;
    // It writes a file for each day: a place in yesterday's says nothing of today's.
    let is_other = ask.after.is_some_and(|after| after.file != number(&told.file));
    let told = if is_other { tail(connection, None).await? } else { told };
    let (lines, gap) = choose(&told.lines, ask);
    Ok(Part {
        lines,
        after: Some(After { file: number(&told.file), at: told.cursor }),
        source: "gateway",
        file: told.file.rsplit('/').next().filter(|name| !name.is_empty()).map(str::to_owned),
        problem: None,
        gap: gap || is_other || (ask.after.is_some() && told.lines.len() as u64 >= LINES),
    })
}

async fn tail(connection: &mut Connection, cursor: Option<u64>) -> Result<Tail, String> {
    let asked = methods::logs_tail(cursor, LINES);
    let answer = connection.ask("logs.tail", &asked, PATIENCE).await.map_err(|refusal| refusal.to_string())?;
    let answer = answer.map_err(|fault| format!("The gateway did not tell its log: {}", fault.message))?;
    serde_json::from_str(answer.get())
        .map_err(|_| "The gateway told its log in a form that is not understood.".to_owned())
}
