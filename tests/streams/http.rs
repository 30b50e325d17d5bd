//! Streams over HTTP, read chunk by chunk.

use serve_runtime::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::producers::{Counting, Forwarder, Orders, Seen, double, orders};
use crate::support::http::{Served, serve};
use crate::support::within;

#[graph]
fn doubled(orders: Orders) -> Streaming<u32> {
    let forwarder = Forwarder::bind(orders);

    input(|from: u32| double(forwarder.forward(from)))
}

#[graph]
fn counted(seen: Seen) -> Streaming<u32> {
    let counting = Counting::bind(seen);

    input(|to: u32| counting.count(to))
}

/// A client that reads only what has arrived.
pub struct Client {
    connection: TcpStream,
    read: String,
}

impl Client {
    pub async fn post(served: &Served, accept: &str, body: &str) -> Self {
        let mut connection = TcpStream::connect(served.address).await.unwrap();
        let length = body.len();
        let request = format!(
            "POST / HTTP/1.1\r\nhost: test\r\naccept: {accept}\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        connection.write_all(request.as_bytes()).await.unwrap();
        Client {
            connection,
            read: String::new(),
        }
    }

    /// Reads up to a text.
    pub async fn until(&mut self, text: &str) -> String {
        within(async {
            loop {
                if let Some(at) = self.read.find(text) {
                    let rest = self.read.split_off(at + text.len());
                    return std::mem::replace(&mut self.read, rest);
                }
                let mut some = [0; 1024];
                let count = self.connection.read(&mut some).await.unwrap();
                assert!(count > 0, "hung up after {:?}", self.read);
                self.read += std::str::from_utf8(&some[..count]).unwrap();
            }
        })
        .await
    }

    /// Reads the rest, until the server hangs up.
    pub async fn rest(mut self) -> String {
        let mut rest = Vec::new();
        // It may hang up in the middle.
        let _ = within(self.connection.read_to_end(&mut rest)).await;
        self.read + std::str::from_utf8(&rest).unwrap()
    }
}

#[tokio::test]
async fn each_item_is_sent_when_it_is_made() {
    for (accept, content_type, item) in [
        ("*/*", "application/x-ndjson", ("", "\n")),
        ("text/event-stream", "text/event-stream", ("data: ", "\n\n")),
    ] {
        let (sender, orders) = orders();
        let served = serve(doubled(orders)).await;
        let mut client = Client::post(&served, accept, "10").await;
        let head = client.until("\r\n\r\n").await;
        assert!(head.starts_with("HTTP/1.1 200 OK"), "{head}");
        assert!(
            head.contains(&format!("content-type: {content_type}\r\n")),
            "{head}"
        );
        for n in [1, 2, 3] {
            sender.send(n).unwrap();
            let text = format!("{}{}{}", item.0, 20 + 2 * n, item.1);
            let chunk = client.until(&format!("{text}\r\n")).await;
            assert_eq!(chunk, format!("{:X}\r\n{text}\r\n", text.len()));
        }
        drop(sender);
        assert_eq!(client.until("0\r\n\r\n").await, "0\r\n\r\n");
        within(served.stop()).await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn an_error_is_the_last_line_or_event() {
    let served = serve(counted(Seen::new())).await;
    let mut lines = Client::post(&served, "*/*", "60").await;
    lines.until("12\n\r\n").await;
    let last = lines.until("0\r\n\r\n").await;
    let error = r#"{"error":"bad luck","node":"counting.count"}"#;
    assert!(
        last.contains(&format!("\r\n{{\"error\":{error}}}\n\r\n")),
        "{last}"
    );
    let mut events = Client::post(&served, "text/event-stream", "60").await;
    events.until("data: 12\n\n\r\n").await;
    let last = events.until("0\r\n\r\n").await;
    assert!(
        last.contains(&format!("event: error\ndata: {error}\n\n")),
        "{last}"
    );
    // Before the stream begins, an error is an ordinary answer.
    let mut refused = Client::post(&served, "*/*", "0").await;
    assert!(refused.until("\r\n").await.starts_with("HTTP/1.1 422"));
    within(served.stop()).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_client_that_hangs_up_drops_the_stream() {
    let seen = Seen::new();
    let served = serve(counted_on(seen.clone())).await;
    let mut client = Client::post(&served, "*/*", "4000000").await;
    client.until("0\n").await;
    drop(client);
    seen.dropped.reaches(1).await;
    within(served.stop()).await.unwrap().unwrap();
    assert!(seen.made.get() < 4_000_000);
}

#[graph]
fn counted_on(seen: Seen) -> Streaming<u32> {
    let endless = Endless::bind(seen);

    input(|to: u32| endless.count(to))
}

#[deployment]
struct Endless {
    seen: Seen,
}

#[deployment]
impl Endless {
    fn new(seen: Seen) -> Self {
        Endless { seen }
    }

    fn count(&self, to: u32) -> impl Iterator<Item = u32> {
        let gone = self.seen.dropped.on_drop();
        (0..to).inspect(move |_| {
            let _ = &gone;
            self.seen.made.add();
        })
    }
}

#[tokio::test]
async fn openapi_describes_the_items() {
    let served = serve(counted(Seen::new())).await;
    let document = served.get("/-/openapi.json").await.ok();
    let content = &document["paths"]["/"]["post"]["responses"]["200"]["content"];
    for kind in ["application/x-ndjson", "text/event-stream"] {
        assert_eq!(content[kind]["schema"]["type"], "integer", "{content}");
    }
}
