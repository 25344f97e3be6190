//! A tiny HTTP client: one request at a time over a plain socket.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// One answer as JSON.
pub fn get_json(address: &str, path: &str) -> Result<Value> {
    let mut connection = Connection::open(address)?;
    let (status, _, body) = connection.ask(path, "")?;
    ensure!(status == 200, "{path}: status {status}");
    Ok(serde_json::from_slice(&body)?)
}

/// A connection that stays open.
pub struct Connection {
    address: String,
    reader: BufReader<TcpStream>,
}

impl Connection {
    /// Connects.
    pub fn open(address: &str) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self { address: address.to_owned(), reader: BufReader::new(stream) })
    }

    /// The `ETag` of an answer.
    pub fn etag(&mut self, path: &str) -> Result<String> {
        let (_, head, _) = self.ask(path, "")?;
        let line = head.iter().find(|line| line.to_ascii_lowercase().starts_with("etag: ")).context("no ETag")?;
        Ok(line[6..].to_owned())
    }

    /// Asks with an `ETag`; the answer must be 304.
    pub fn not_modified(&mut self, path: &str, tag: &str) -> Result<()> {
        let (status, ..) = self.ask(path, &format!("if-none-match: {tag}\r\n"))?;
        ensure!(status == 304, "status {status} instead of 304");
        Ok(())
    }

    /// Asks with more header lines; status, head and body.
    pub fn ask(&mut self, path: &str, extra: &str) -> Result<(u16, Vec<String>, Vec<u8>)> {
        let request = format!("GET {path} HTTP/1.1\r\nhost: {}\r\n{extra}\r\n", self.address);
        self.reader.get_mut().write_all(request.as_bytes())?;
        let mut head = Vec::new();
        loop {
            let mut line = String::new();
            ensure!(self.reader.read_line(&mut line)? > 0, "the server closed the connection");
            if line.trim().is_empty() {
                break;
            }
            head.push(line.trim().to_owned());
        }
        let status = head.first().and_then(|line| line.split(' ').nth(1)).context("no status")?.parse()?;
        let length = head
            .iter()
            .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok())
            .unwrap_or(0);
        let mut body = vec![0; if status == 304 { 0 } else { length }];
        self.reader.read_exact(&mut body)?;
        Ok((status, head, body))
    }
}
