//! Clients that send slowly, or do not take their answers: they keep neither places nor connections from others.

use std::time::Duration;

use serde_json::json;
use serve_runtime::ingress::{Server, ServerOptions};
use serve_runtime::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::clock::{Held, hold, pass};
use crate::support::http::{Request, Served, answer, serve_with};
use crate::support::{Stage, within};

#[deployment]
async fn text(bytes: usize) -> String {
    "x".repeat(bytes)
}

#[deployment]
async fn length(text: String) -> usize {
    text.len()
}

#[graph]
fn texts() {
    route("/text", |bytes: usize| -> String { text(bytes) });
    route("/length", |text: String| -> usize { length(text) });
}

#[deployment(max_ongoing_requests = 10)]
struct Staged(Stage);

#[deployment]
impl Staged {
    fn new(stage: Stage) -> Self {
        Staged(stage)
    }

    async fn run(&self, number: u32) -> u32 {
        self.0.hold().await;
        number
    }
}

#[graph]
fn staged(stage: Stage) -> u32 {
    let staged = Staged::bind(stage);
    input(|number: u32| staged.run(number))
}

/// More than the systems of both sides hold for a connection.
const LARGE: usize = 1 << 20;

async fn serving(options: impl FnOnce(&mut ServerOptions)) -> (Served, Held) {
    let held = hold();
    (serve_with(texts(), options).await, held)
}

async fn connect(served: &Served) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    within(socket.connect(served.address)).await.unwrap()
}

/// A client that reads the head of a large answer, and no more.
async fn unread(served: &Served) -> TcpStream {
    let mut client = connect(served).await;
    let body = LARGE.to_string();
    let head = "POST /text HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\n";
    let request = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
    client.write_all(request.as_bytes()).await.unwrap();
    let mut begin = [0; 15];
    within(client.read_exact(&mut begin)).await.unwrap();
    assert_eq!(&begin, b"HTTP/1.1 200 OK");
    client
}

/// The status of a small request.
async fn status(served: &Served) -> u16 {
    served.post_to("/length", json!("abc")).await.status
}

/// How many seconds pass until this holds, at most 100.
async fn seconds_until(mut holds: impl AsyncFnMut() -> bool) -> u64 {
    for second in 0..100 {
        if holds().await {
            return second;
        }
        pass(1_000).await;
    }
    panic!("it never holds");
}

/// Takes what is left of an answer. Returns whether that is all of it.
async fn is_whole(client: TcpStream) -> bool {
    let mut rest = Vec::new();
    let _ = within(client.take(LARGE as u64).read_to_end(&mut rest)).await;
    rest.len() == LARGE
}

/// Whether the server has closed the connection. What is written is ignored while it has not.
async fn is_closed(client: &TcpStream) -> bool {
    // The first write may find out.
    let _ = client.try_write(b"\r\n");
    pass(1).await;
    client.try_write(b"\r\n").is_err()
}

#[tokio::test(start_paused = true)]
async fn an_answer_holds_its_place_until_it_is_taken() {
    let (served, _held) = serving(|options| options.max_ongoing_requests = 2).await;
    let (first, _second) = (unread(&served).await, unread(&served).await);
    assert_eq!(status(&served).await, 503);
    assert!(is_whole(first).await);
    assert_eq!(status(&served).await, 200);
}

#[tokio::test(start_paused = true)]
async fn an_unread_answer_loses_its_place_to_a_request_that_needs_it() {
    let (served, _held) = serving(|options| options.max_ongoing_requests = 2).await;
    let (first, second) = (unread(&served).await, unread(&served).await);
    assert_eq!(status(&served).await, 503);
    let seconds = seconds_until(async || status(&served).await == 200).await;
    assert!((2..10).contains(&seconds), "{seconds}");
    // It makes room for all that come after it.
    pass(10_000).await;
    assert_eq!(status(&served).await, 200);
    let whole = [is_whole(first).await, is_whole(second).await];
    assert_eq!(whole, [false, true]);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_not_taken_is_given_up() {
    let timeout = |seconds| {
        move |options: &mut ServerOptions| options.transfer_timeout = Duration::from_secs(seconds)
    };
    for (timeout, expected) in [(timeout(300), 30..40), (timeout(5), 5..10)] {
        let (served, _held) = serving(timeout).await;
        let client = unread(&served).await;
        let seconds = seconds_until(async || is_closed(&client).await).await;
        assert!(expected.contains(&seconds), "{seconds}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_sends_slowly_keeps_no_place() {
    let (served, _held) = serving(|options| options.max_ongoing_requests = 1).await;
    let mut slow = connect(&served).await;
    let head = "POST /length HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\n";
    let head = format!("{head}connection: close\r\ncontent-length: 5\r\n\r\n\"a");
    slow.write_all(head.as_bytes()).await.unwrap();
    pass(1_000).await;
    for _ in 0..3 {
        assert_eq!(status(&served).await, 200);
    }
    slow.write_all(b"bc\"").await.unwrap();
    assert_eq!(answer(slow).await.ok(), 3);
}

#[tokio::test]
async fn a_body_that_is_too_large_by_its_head_is_refused_before_it_is_sent() {
    let served = serve_with(texts(), |options| options.max_body_bytes = 10).await;
    let head = "POST /length HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\n";
    for expect in ["", "expect: 100-continue\r\n"] {
        let mut client = connect(&served).await;
        let head = format!("{head}{expect}connection: close\r\ncontent-length: 11\r\n\r\n");
        client.write_all(head.as_bytes()).await.unwrap();
        let refused = answer(client).await;
        assert_eq!(refused.status, 413);
        let message = "the body is larger than 10 bytes";
        assert_eq!(refused.json(), json!({ "error": message }));
    }
    let mut client = connect(&served).await;
    let head = format!("{head}expect: 100-continue\r\ncontent-length: 5\r\n\r\n");
    client.write_all(head.as_bytes()).await.unwrap();
    let mut begin = [0; 25];
    within(client.read_exact(&mut begin)).await.unwrap();
    assert_eq!(&begin, b"HTTP/1.1 100 Continue\r\n\r\n");
}

/// If the connection were closed with unread bytes in it, the client would see that in place of the answer.
#[tokio::test]
async fn a_refusal_arrives_though_the_client_sends_its_whole_body_first() {
    const LENGTH: usize = 12 * 1024 * 1024;
    let served = serve_with(texts(), |options| options.max_body_bytes = 10).await;
    let mut client = connect(&served).await;
    let head = "POST /length HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\n";
    let head = format!("{head}connection: close\r\ncontent-length: {LENGTH}\r\n\r\n");
    client.write_all(head.as_bytes()).await.unwrap();
    let body = vec![b'1'; LENGTH];
    within(client.write_all(&body)).await.unwrap();
    assert_eq!(answer(client).await.status, 413);
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_is_closed_for_a_new_one_where_no_more_may_be_open() {
    let (served, _held) = serving(|options| options.max_connections = 2).await;
    let (first, second) = (connect(&served).await, connect(&served).await);
    let third = Request::post("/length").json(json!("abc"));
    let third = third.start(served.address).await;
    pass(1_000).await;
    assert!(!is_closed(&first).await && !is_closed(&second).await);
    let third = tokio::spawn(answer(third));
    let seconds = seconds_until(async || third.is_finished()).await;
    assert!(seconds < 10, "{seconds}");
    assert_eq!(third.await.unwrap().ok(), 3);
    assert!(is_closed(&first).await && !is_closed(&second).await);
}

#[tokio::test(start_paused = true)]
async fn a_connection_with_a_request_in_flight_is_not_closed_for_a_new_one() {
    let stage = Stage::default();
    let options = |options: &mut ServerOptions| options.max_connections = 1;
    let _held = hold();
    let served = serve_with(staged(stage.clone()), options).await;
    let request = || Request::post("/").json(json!(1)).start(served.address);
    let first = request().await;
    stage.entered(1).await;
    let second = request().await;
    for _ in 0..20 {
        pass(1_000).await;
    }
    stage.release(2);
    assert_eq!(answer(first).await.ok(), 1);
    assert_eq!(answer(second).await.ok(), 1);
}

#[tokio::test]
async fn a_server_without_places_is_refused() {
    for (options, name) in [
        (ServerOptions::new().max_connections(0), "max_connections"),
        (
            ServerOptions::new().max_ongoing_requests(0),
            "max_ongoing_requests",
        ),
    ] {
        let server = Server::new().application(texts()).options(options.port(0));
        let error = server.run_until(async {}).await.unwrap_err();
        let expected = format!("`{name}` must be a whole number of at least 1, but is 0");
        assert_eq!(error.message(), expected);
    }
}
