//! The token at the start of the program: made once, kept, shown once, never told again.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::support::running::{program, text};

const DATA: &str = ".local/share/factory-dashboard";

/// Sends a request, without its last headers, and a body.
type Ask<'a> = dyn Fn(&str, &str) -> String + 'a;

/// Starts the program, lets `visit` talk to it, stops it; what it said on stderr.
fn start(home: &TempDir, arguments: &[&str], visit: impl FnOnce(&Ask)) -> String {
    let mut command = program(home);
    command.args(arguments).args(["--port", "0"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let port = line.trim().rsplit(':').next().unwrap().to_owned();
    visit(&|head, body| {
        let mut stream = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
        let last = format!("host: localhost:{port}\r\nconnection: close\r\ncontent-length: {}", body.len());
        write!(stream, "{head}\r\n{last}\r\n\r\n{body}").unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        text(&answer)
    });
    Command::new("sh").args(["-c", &format!("kill -TERM {}", child.id())]).status().unwrap();
    text(&child.wait_with_output().unwrap().stderr)
}

fn token_file(home: &TempDir) -> PathBuf {
    home.path().join(DATA).join("token")
}

/// The token that stands at the end of a line of stderr.
fn shown(said: &str) -> &str {
    said.lines().find(|line| line.contains("shown once")).and_then(|line| line.rsplit(' ').next()).unwrap_or_default()
}

#[test]
fn the_token_is_made_once_and_shown_once() {
    let home = TempDir::new().unwrap();
    let arguments = ["serve", "--allow-control", "--log", "debug"];
    let first = start(&home, &arguments, |ask| {
        let access = ask("GET /api/access HTTP/1.1", "");
        assert!(access.contains("{\"reader\":\"open\",\"control\":\"signIn\",\"csrf\":null}"), "{access}");
    });
    let token = shown(&first).to_owned();
    assert_eq!(token.len(), 32, "{first}");
    assert_eq!(std::fs::read_to_string(token_file(&home)).unwrap().trim(), token);
    let mode = std::fs::metadata(token_file(&home)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "for its owner alone");
    assert_eq!(first.matches(&token).count(), 1);

    let second = start(&home, &arguments, |ask| {
        let mut answers = vec![
            ask(&format!("GET /api/access HTTP/1.1\r\nauthorization: Bearer {token}"), ""),
            ask(&format!("GET /api/access HTTP/1.1\r\nauthorization: Bearer {token}x"), ""),
            ask("GET /sign-in HTTP/1.1", ""),
            ask("GET / HTTP/1.1", ""),
            ask("GET /api/sources HTTP/1.1", ""),
        ];
        assert!(answers[0].contains("{\"reader\":\"bearer\",\"control\":\"allowed\",\"csrf\":null}"), "{}", answers[0]);
        let head = "POST /sign-in HTTP/1.1\r\ncontent-type: application/x-www-form-urlencoded";
        let signed_in = ask(head, &format!("token={token}"));
        assert!(signed_in.starts_with("HTTP/1.1 303") && signed_in.contains("factory_session="), "{signed_in}");
        answers.push(signed_in);
        for answer in answers {
            assert!(!answer.contains(&token), "{answer}");
        }
    });
    assert!(second.contains("/token") && !second.contains(&token), "where it is, and not what it is: {second}");
    let log = std::fs::read_to_string(home.path().join(DATA).join("logs/app.log")).unwrap();
    assert!(log.contains("a wrong token was sent") && log.contains("127.0.0.1"), "{log}");
    assert!(!log.contains(&token), "{log}");
}

#[test]
fn another_address_needs_the_token_to_read() {
    let home = TempDir::new().unwrap();
    let said = start(&home, &["serve", "--host", "0.0.0.0"], |ask| {
        assert!(ask("GET /api/health HTTP/1.1", "").starts_with("HTTP/1.1 401"));
        let page = ask("GET / HTTP/1.1\r\naccept: text/html", "");
        assert!(page.starts_with("HTTP/1.1 303") && page.contains("location: /sign-in\r\n"), "{page}");
        let token = std::fs::read_to_string(token_file(&home)).unwrap();
        assert!(
            ask(&format!("GET /api/health HTTP/1.1\r\nauthorization: Bearer {}", token.trim()), "")
                .starts_with("HTTP/1.1 200")
        );
    });
    assert!(said.contains("0.0.0.0 is not a loopback address"), "{said}");
}

#[test]
fn no_token_where_none_is_needed_and_no_trace_of_a_demo() {
    let home = TempDir::new().unwrap();
    let said = start(&home, &["serve"], |_| ());
    assert!(!said.contains("token") && !token_file(&home).exists(), "{said}");
    let said = [0; 2].map(|_| start(&home, &["demo", "--allow-control"], |_| ()));
    assert!(!token_file(&home).exists());
    assert_eq!(shown(&said[0]).len(), 32, "{}", said[0]);
    assert_ne!(shown(&said[0]), shown(&said[1]), "a demo makes another each time");
}

#[test]
fn a_token_file_is_checked() {
    let home = TempDir::new().unwrap();
    std::fs::create_dir_all(home.path().join(DATA)).unwrap();
    let refused = |arguments: &[&str]| {
        let output = program(&home).args(arguments).args(["--port", "0"]).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        text(&output.stderr)
    };
    std::fs::write(token_file(&home), "fifteen-letters\n").unwrap();
    let said = refused(&["serve", "--allow-control"]);
    assert!(said.contains("shorter than 16") && said.contains("remove") && !said.contains("fifteen"), "{said}");
    let file = home.path().join("mine");
    std::fs::write(&file, "\u{d55c}\u{ae00}\u{b85c} \u{b41c} \u{d1a0}\u{d070}").unwrap();
    let said = refused(&["serve", "--token-file", file.to_str().unwrap()]);
    assert!(said.contains("a request cannot carry"), "{said}");

    std::fs::write(&file, "my own long token\n").unwrap();
    let said = start(&home, &["serve", "--allow-control", "--token-file", file.to_str().unwrap()], |ask| {
        assert!(ask("GET /api/health HTTP/1.1", "").starts_with("HTTP/1.1 401"), "readers need it too");
        let access = ask("GET /api/access HTTP/1.1\r\nauthorization: Bearer my own long token", "");
        assert!(access.contains("\"control\":\"allowed\""), "{access}");
    });
    assert!(!said.contains("my own long token"), "{said}");

    std::fs::write(token_file(&home), "a-token-of-the-folder\n").unwrap();
    std::fs::set_permissions(token_file(&home), std::fs::Permissions::from_mode(0o644)).unwrap();
    let said = start(&home, &["serve", "--allow-control"], |_| ());
    assert!(said.contains("chmod 600") && !said.contains("a-token-of-the-folder"), "{said}");
}
