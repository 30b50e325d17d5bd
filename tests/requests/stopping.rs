//! A server that stops: what was sent to it is answered.

use std::io::{Read, Write};
use std::net::TcpStream as Blocking;
use std::time::Duration;

use serde_json::json;
use serve_runtime::axum::body::Body;
use serve_runtime::axum::{Router, routing};
use serve_runtime::ingress::{Server, ServerOptions};
use serve_runtime::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use crate::clock::{hold, pass};
use crate::support::http::{Request, serve, serve_with};
use crate::support::within;

#[deployment]
async fn echo(number: u32) -> u32 {
    number
}

#[graph]
fn echoing() -> u32 {
    input(|number: u32| echo(number))
}

const REQUEST: &str =
    "POST / HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\ncontent-length: 1\r\n\r\n7";

/// The next answer on a connection that is kept.
async fn next_answer(connection: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n7") {
        let byte = within(connection.read_u8()).await;
        answer.push(byte.unwrap_or_else(|error| panic!("{error} after {answer:?}")));
    }
    String::from_utf8(answer).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_request_that_is_sent_while_the_server_stops_is_answered_and_is_the_last_one() {
    let _held = hold();
    let served = serve(echoing()).await;
    let mut kept = within(TcpStream::connect(served.address)).await.unwrap();
    kept.write_all(REQUEST.as_bytes()).await.unwrap();
    assert!(!next_answer(&mut kept).await.contains("connection: close"));
    let stopped = served.stop();
    pass(100).await;
    kept.write_all(REQUEST.as_bytes()).await.unwrap();
    let last = next_answer(&mut kept).await;
    assert!(last.contains("connection: close"), "{last}");
    assert_eq!(within(kept.read(&mut [0])).await.unwrap(), 0);
    within(stopped).await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn idle_connections_are_closed_soon_after_the_server_stops_and_new_ones_a_little_later() {
    let _held = hold();
    let served = serve(echoing()).await;
    let mut silent = within(TcpStream::connect(served.address)).await.unwrap();
    let mut idle = within(TcpStream::connect(served.address)).await.unwrap();
    idle.write_all(REQUEST.as_bytes()).await.unwrap();
    next_answer(&mut idle).await;
    let stopped = served.stop();
    pass(300).await;
    assert_eq!(within(idle.read(&mut [0])).await.unwrap(), 0);
    assert!(!stopped.is_finished());
    pass(1_000).await;
    assert_eq!(within(silent.read(&mut [0])).await.unwrap(), 0);
    within(stopped).await.unwrap().unwrap();
}

/// hyper does not ask for the end of a body whose length it knows.
#[tokio::test]
async fn a_connection_with_a_route_of_the_users_own_is_closed_as_well() {
    let chunks = || futures_util::stream::iter([Ok::<_, std::io::Error>("7"), Ok("8")]);
    let known = move || async move { ([("content-length", "2")], Body::from_stream(chunks())) };
    let unknown = move || async move { Body::from_stream(chunks()) };
    let (known, unknown) = (routing::get(known), routing::get(unknown));
    let routes = Router::new()
        .route("/known", known)
        .route("/unknown", unknown);
    let (ready, address) = oneshot::channel();
    let (stop, stopped) = oneshot::channel::<()>();
    let server = Server::new()
        .application(echoing())
        .options(ServerOptions::new().port(0))
        .routes(routes)
        .on_ready(move |address| ready.send(address).unwrap());
    let server = tokio::spawn(server.run_until(async move { drop(stopped.await) }));
    let address = within(address).await.unwrap();
    let mut kept = Vec::new();
    for (path, end) in [("/known", "78"), ("/unknown", "0\r\n\r\n")] {
        let mut connection = within(TcpStream::connect(address)).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nhost: test\r\n\r\n");
        connection.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(end.as_bytes()) {
            answer.push(within(connection.read_u8()).await.unwrap());
        }
        kept.push(connection);
    }
    stop.send(()).unwrap();
    let limit = Duration::from_secs(10); // of 20 that it has for what is in flight
    let ended = tokio::time::timeout(limit, server).await;
    ended.expect("nothing is in flight").unwrap().unwrap();
}

#[tokio::test]
async fn connections_that_wait_to_be_accepted_are_answered() {
    let served = serve(echoing()).await;
    // The server's task does not run meanwhile: they all wait.
    let connections: Vec<Blocking> = std::iter::repeat_with(|| {
        let mut connection = Blocking::connect(served.address).unwrap();
        connection.write_all(REQUEST.as_bytes()).unwrap();
        connection
    })
    .take(20)
    .collect();
    within(served.stop()).await.unwrap().unwrap();
    for mut connection in connections {
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    }
}

#[tokio::test(start_paused = true)]
async fn for_the_shutdown_delay_the_server_says_that_it_stops_and_goes_on() {
    let delay = Duration::from_secs(10);
    let _held = hold();
    let served = serve_with(echoing(), |options| options.shutdown_delay = delay).await;
    let address = served.address;
    assert_eq!(served.get("/-/healthz").await.status, 200);
    let again = Request::new;
    let stopped = served.stop();
    pass(1_000).await;
    for _ in 0..2 {
        let health = again("GET", "/-/healthz").send(address).await;
        assert_eq!(health.status, 503);
        assert_eq!(health.json(), json!({ "error": "stopping" }));
        let livez = again("GET", "/-/livez").send(address).await;
        assert_eq!(livez.status, 200);
        let answer = again("POST", "/").json(json!(3)).send(address).await;
        assert_eq!(answer.ok(), 3);
        assert!(!stopped.is_finished());
        pass(8_500).await;
    }
    within(stopped).await.unwrap().unwrap();
    TcpStream::connect(address).await.unwrap_err();
}
