//! Runs a command of OpenClaw bounded in time and size, and reads what it complains of beside its answer.
//!
//! What was printed is not understood here. The process ends with the future that runs it.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::process::Command;

/// How much a command may print.
const MAX_OUTPUT: u64 = 32 << 20;
/// How much of its complaints is kept.
const MAX_COMPLAINT: u64 = 64 << 10;

/// Why there is no answer.
pub enum NoAnswer {
    /// It could not be run, or not in time; in the user's words.
    Failed(String),
    /// It ended with an error.
    Refused {
        /// The code that it ended with, in words.
        code: String,
        /// What it complained of.
        complaint: String,
        /// What it printed all the same.
        printed: Vec<u8>,
    },
}

/// What the command printed. `name` is how reports call it.
pub async fn run(mut command: Command, name: &str, limit: Duration) -> Result<Vec<u8>, NoAnswer> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().map_err(|error| {
        let program = command.as_std().get_program().display();
        NoAnswer::Failed(if error.kind() == std::io::ErrorKind::NotFound {
            format!("There is no command '{program}'. Install OpenClaw, or name its command with --openclaw.")
        } else {
            format!("'{program}' could not be started: {error}.")
        })
    })?;
    let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) else {
        return Err(NoAnswer::Failed("The command's output could not be read.".to_owned()));
    };
    // Its complaints are read beside its answer: a command must never wait for us to listen.
    let complaining = tokio::spawn(complaint(stderr));
    let mut printed = Vec::new();
    let reading = async {
        stdout.take(MAX_OUTPUT + 1).read_to_end(&mut printed).await?;
        if printed.len() as u64 > MAX_OUTPUT { Ok(None) } else { child.wait().await.map(Some) }
    };
    match tokio::time::timeout(limit, reading).await {
        Err(_) => {
            let seconds = limit.as_secs();
            Err(NoAnswer::Failed(format!("'{name}' did not answer within {seconds} s and was stopped.")))
        }
        Ok(Err::<_, std::io::Error>(error)) => {
            Err(NoAnswer::Failed(format!("The command's output could not be read: {error}.")))
        }
        Ok(Ok(None)) => Err(NoAnswer::Failed("The command printed more than 32 MB and was stopped.".to_owned())),
        Ok(Ok(Some(status))) if !status.success() => {
            // A child of the command may hold the pipe open for longer than the command lives.
            let complaint = tokio::time::timeout(Duration::from_secs(1), complaining).await;
            let complaint = complaint.ok().and_then(Result::ok).unwrap_or_default();
            let code = status.code().map_or_else(|| "a signal".to_owned(), |code| format!("exit code {code}"));
            Err(NoAnswer::Refused { code, complaint: String::from_utf8_lossy(&complaint).into_owned(), printed })
        }
        Ok(Ok(Some(_))) => Ok(printed),
    }
}

/// The beginning of what a command complains; the rest is read and dropped.
async fn complaint(mut stderr: tokio::process::ChildStderr) -> Vec<u8> {
    let mut kept = Vec::new();
    let _ = (&mut stderr).take(MAX_COMPLAINT).read_to_end(&mut kept).await;
    let _ = tokio::io::copy(&mut stderr, &mut tokio::io::sink()).await;
    kept
}

/// Where a JSON value may begin: warnings belong on stderr, but a plugin may print some before it.
pub fn beginnings(printed: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::once(0).chain(memchr::memchr2_iter(b'{', b'[', printed)).take(200).map(|start| &printed[start..])
}
