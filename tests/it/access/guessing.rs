//! The pauses after wrong tokens, through real connections: the address counts.

use std::net::{IpAddr, SocketAddr};

use factory_dashboard::http::guard::Reading;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{SESSION, TOKEN, guard, serving};
use crate::support::NOW;

async fn over_tcp(server: SocketAddr, from: &str, head: &str, body: &str) -> String {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::new(from.parse::<IpAddr>().unwrap(), 0)).unwrap();
    let mut stream = socket.connect(server).await.unwrap();
    let length = body.len();
    let request = format!("{head}\r\nhost: {server}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn whoever_guesses_must_wait() {
    let (server, clock) = serving(guard(Reading::Token, false));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = server.router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });

    let form = "content-type: application/x-www-form-urlencoded";
    let type_in = async |from: &str, token: &str| {
        over_tcp(address, from, &format!("POST /sign-in HTTP/1.1\r\n{form}"), &format!("token={token}")).await
    };
    let call = async |from: &str, header: &str| {
        over_tcp(address, from, &format!("GET /api/health HTTP/1.1\r\n{header}"), "").await
    };
    let (right, wrong) = (format!("authorization: Bearer {TOKEN}"), "authorization: Bearer nonsense");

    // Forms and headers count together: three are free, the fourth begins a pause of a second.
    for _ in 0..2 {
        assert!(type_in("127.0.0.1", "nonsense").await.starts_with("HTTP/1.1 401"));
        assert!(call("127.0.0.1", wrong).await.starts_with("HTTP/1.1 401"));
    }
    for answer in [type_in("127.0.0.1", TOKEN).await, call("127.0.0.1", &right).await, call("127.0.0.1", wrong).await] {
        assert!(answer.starts_with("HTTP/1.1 429") && answer.contains("retry-after: 1\r\n"), "{answer}");
        assert!(!answer.contains("set-cookie") && !answer.contains(TOKEN), "{answer}");
    }
    assert!(type_in("127.0.0.1", "x").await.contains("role=\"alert\""), "the page says why");
    let cookie = format!("cookie: factory_session={SESSION}");
    assert!(call("127.0.0.1", &cookie).await.starts_with("HTTP/1.1 200"), "who signed in is not shut out");
    assert!(call("127.0.0.2", &right).await.starts_with("HTTP/1.1 200"), "nor who comes from elsewhere");
    let forwarded = format!("{right}\r\nx-forwarded-for: 10.1.1.1");
    assert!(call("127.0.0.1", &forwarded).await.starts_with("HTTP/1.1 429"), "anybody can write that header");

    clock.set(NOW + 1_000);
    assert!(call("127.0.0.1", wrong).await.starts_with("HTTP/1.1 401"), "looked at again");
    assert!(call("127.0.0.1", wrong).await.contains("retry-after: 2\r\n"), "and the pause is twice as long");
    clock.set(NOW + 3_000);
    assert!(type_in("127.0.0.1", TOKEN).await.starts_with("HTTP/1.1 303"));
    for _ in 0..4 {
        assert!(call("127.0.0.1", wrong).await.starts_with("HTTP/1.1 401"), "the right one cleared it");
    }
}
