//! How a server handles streams in flight, and items that it cannot send.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use serde_json::json;
use serve_runtime::prelude::*;

use crate::http::Client;
use crate::producers::{Forwarder, Orders, orders};
use crate::support::http::{serve, serve_with};
use crate::support::within;

#[graph]
fn forwarded(orders: Orders) -> Streaming<u32> {
    let forwarder = Forwarder::bind(orders);

    input(|from: u32| forwarder.forward(from))
}

#[tokio::test]
async fn a_stream_counts_as_a_request_of_the_server_until_it_ends() {
    let (sender, orders) = orders();
    let served = serve_with(forwarded(orders), |options| {
        options.max_ongoing_requests = 1
    })
    .await;
    let mut client = Client::post(&served, "*/*", "0").await;
    client.until("\r\n\r\n").await;
    assert_eq!(served.post(json!(0)).await.status, 503);
    drop(sender);
    client.until("0\r\n\r\n").await;
    assert_eq!(served.post(json!(0)).await.status, 200);
}

#[tokio::test]
async fn a_server_that_stops_lets_streams_end() {
    let (sender, orders) = orders();
    let served = serve(forwarded(orders)).await;
    let mut client = Client::post(&served, "*/*", "0").await;
    client.until("\r\n\r\n").await;
    let stopped = served.stop();
    sender.send(7).unwrap();
    client.until("7\n").await;
    assert!(!stopped.is_finished());
    drop(sender);
    client.until("0\r\n\r\n").await;
    within(stopped).await.unwrap().unwrap();
}

/// It does not wait for an endless stream. Its end is an error, also for clients that look only at the connection.
#[tokio::test]
async fn a_stream_that_the_server_cuts_off_does_not_look_whole() {
    let stopped = r#"{"error":"the server has been stopped"}"#;
    for (accept, last) in [
        ("*/*", format!("{{\"error\":{stopped}}}\n")),
        (
            "text/event-stream",
            format!("event: error\ndata: {stopped}\n\n"),
        ),
    ] {
        let (sender, orders) = orders();
        let served = serve_with(forwarded(orders), |options| {
            options.graceful_shutdown_timeout = Duration::from_millis(50);
        });
        let served = served.await;
        let mut client = Client::post(&served, accept, "0").await;
        sender.send(7).unwrap();
        client.until("7\n").await;
        within(served.stop()).await.unwrap().unwrap();
        // The stream has been dropped, and its producer with it.
        within(sender.closed()).await;
        let rest = client.rest().await;
        assert!(rest.ends_with(&format!("{last}\r\n")), "{rest:?}");
    }
}

type Hold = Arc<Mutex<mpsc::Receiver<()>>>;

/// Hangs between two items, until the test ends.
#[deployment(health_check_period_s = 0.005, health_check_timeout_s = 0.05)]
struct Hanging {
    hold: Hold,
}

#[deployment]
impl Hanging {
    fn new(hold: Hold) -> Self {
        Hanging { hold }
    }

    fn count(&self) -> impl Iterator<Item = u32> {
        (0..2).inspect(|number| {
            if *number == 1 {
                let _ = self.hold.lock().unwrap().recv();
            }
        })
    }

    fn check_health(&self) {}
}

#[graph]
fn hanging(hold: Hold) -> Streaming<u32> {
    let hanging = Hanging::bind(hold);

    input(|| hanging.count())
}

#[tokio::test]
async fn a_stream_of_a_replica_that_is_lost_ends_as_an_error() {
    let (open, hold) = mpsc::channel();
    let served = serve(hanging(Arc::new(Mutex::new(hold)))).await;
    let mut client = Client::post(&served, "*/*", "").await;
    client.until("0\n").await;
    let last = client.until("0\r\n\r\n").await;
    let error = r#"{"error":{"error":"unavailable","node":"hanging.count"}}"#;
    assert!(last.contains(error), "{last}");
    drop(open);
}

#[deployment]
async fn fails(after_ms: u64) -> impl Stream<Item = Result<u32>> {
    futures_util::stream::once(async move {
        tokio::time::sleep(Duration::from_millis(after_ms)).await;
        Err(Error::upstream("bad luck"))
    })
}

#[graph]
fn failing() -> Streaming<u32> {
    input(|after_ms: u64| fails(after_ms))
}

#[tokio::test]
async fn an_error_in_place_of_the_first_item_has_its_own_status() {
    let served = serve(failing()).await;
    let answer = served.post(json!(10)).await;
    let error = json!({ "error": "bad luck", "node": "fails" });
    assert_eq!((answer.status, answer.json()), (502, error));
    assert_eq!(answer.headers["content-type"], "application/json");
}

/// A client may want to see that its request is accepted.
#[tokio::test]
async fn the_head_of_a_stream_waits_for_the_first_item_at_most_for_its_timeout() {
    let served = serve_with(failing(), |options| {
        options.stream_head_timeout = Duration::from_millis(10);
    });
    let served = served.await;
    let mut client = Client::post(&served, "*/*", "500").await;
    let head = client.until("\r\n\r\n").await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    let item = client.until("0\r\n\r\n").await;
    let error = r#"{"error":{"error":"bad luck","node":"fails"}}"#;
    assert!(item.contains(error), "{item}");
}

#[deployment]
fn flood() -> impl Iterator<Item = String> {
    std::iter::repeat_with(|| "x".repeat(1 << 20))
}

#[graph(request_timeout_s = 0.2)]
fn flooded() -> Streaming<String> {
    input(|| flood())
}

/// The client does not read, so that the server cannot write and polls no further item.
#[tokio::test]
async fn a_client_that_stops_reading_occupies_the_server_until_the_deadline() {
    let served = serve_with(flooded(), |options| options.max_ongoing_requests = 1).await;
    let mut client = Client::post(&served, "*/*", "").await;
    client.until("\r\n\r\n").await;
    within(async {
        loop {
            let mut other = Client::post(&served, "*/*", "").await;
            let head = other.until("\r\n").await;
            match head.starts_with("HTTP/1.1 503") {
                true => tokio::task::yield_now().await,
                false => break assert!(head.starts_with("HTTP/1.1 200"), "{head}"),
            }
        }
    })
    .await;
}

/// Cannot be JSON: its keys are not strings.
type Odd = BTreeMap<(u32, u32), u32>;

#[deployment]
async fn odd() -> impl Stream<Item = Odd> {
    futures_util::stream::iter([Odd::new(), Odd::from([((1, 2), 3)]), Odd::new()])
}

#[graph]
fn oddly() -> Streaming<Odd> {
    input(|| odd())
}

#[tokio::test]
async fn an_item_that_cannot_be_json_is_an_error_and_the_last_one() {
    let served = serve(oddly()).await;
    let answer = served.post(json!(null)).await;
    // The log says why; the client is not at fault.
    let lines: Vec<&str> = answer
        .body
        .lines()
        .filter(|line| line.contains('{'))
        .collect();
    assert_eq!(lines, ["{}", r#"{"error":{"error":"internal error"}}"#]);
    assert_eq!(answer.headers["cache-control"], "no-cache");
}
