//! The program itself, started by a test.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

pub fn program(home: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_factory-dashboard"));
    command.env_clear().env("HOME", home.path()).env("PATH", "/nonexistent");
    command
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A server that ends with its owner.
pub struct Running {
    pub child: Child,
    pub address: String,
}

impl Running {
    pub fn start(arguments: &[&str]) -> (Self, TempDir) {
        let home = TempDir::new().unwrap();
        (Self::at_home(&home, arguments), home)
    }

    pub fn at_home(home: &TempDir, arguments: &[impl AsRef<OsStr>]) -> Self {
        let mut command = program(home);
        let mut child =
            command.args(arguments).args(["--port", "0"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://").unwrap_or_else(|| panic!("{line}")).to_owned();
        Self { child, address }
    }

    pub fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", self.address).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        text(&answer)
    }

    pub fn json(&self, path: &str) -> Value {
        let answer = self.get(path);
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {answer}"))
    }

    /// Waits until something is so; a bound so long that only a fault reaches it.
    pub fn wait_until(&self, what: &str, is: impl Fn(&Self) -> bool) {
        for _ in 0..3000 {
            if is(self) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("not seen: {what}");
    }

    /// Asks it to stop, and waits.
    pub fn stop(mut self) {
        Command::new("sh").args(["-c", &format!("kill -TERM {}", self.child.id())]).status().unwrap();
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
