//! Deadlines and model ids over HTTP.

use serde_json::json;
use serve_runtime::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::Count;
use crate::support::http::{Request, answer, serve};

#[deployment]
async fn waits(for_ever: bool) -> (Option<u64>, Option<String>) {
    if for_ever {
        std::future::pending::<()>().await;
    }
    let request = serve_runtime::Request::current();
    let left = request
        .remaining()
        .map(|left| left.as_secs_f64().ceil() as u64);
    (left, request.model_id().map(str::to_owned))
}

#[graph]
fn without_limit() -> (Option<u64>, Option<String>) {
    input(|for_ever: bool| waits(for_ever))
}

#[graph(request_timeout_s = 100)]
fn limited() -> (Option<u64>, Option<String>) {
    input(|for_ever: bool| waits(for_ever))
}

const TIMEOUT: &str = "x-request-timeout-seconds";

#[tokio::test]
async fn a_request_that_takes_too_long_is_answered_with_504() {
    let server = serve(without_limit()).await;
    let request = Request::post("/").header(TIMEOUT, "0.01").json(json!(true));
    let answer = request.send(server.address).await;
    assert_eq!(answer.status, 504, "{answer:?}");
    assert_eq!(
        answer.json(),
        json!({ "error": "the deadline has passed", "node": "waits" })
    );
    assert!(!answer.headers.contains_key("retry-after"));
}

#[tokio::test]
async fn the_smaller_of_the_clients_and_the_graphs_timeout_applies() {
    let (without, limited) = (serve(without_limit()).await, serve(limited()).await);
    for (server, header, left) in [
        (&without, None, None),
        (&without, Some("7"), Some(7)),
        (&limited, None, Some(100)),
        (&limited, Some(" 7.0 "), Some(7)),
        (&limited, Some("1e9"), Some(100)),
    ] {
        let mut request = Request::post("/");
        if let Some(header) = header {
            request = request.header(TIMEOUT, header);
        }
        let answer = request.json(json!(false)).send(server.address).await;
        assert_eq!(answer.ok(), json!([left, null]), "{header:?}");
    }
}

#[tokio::test]
async fn the_soonest_of_several_timeouts_applies() {
    let server = serve(limited()).await;
    for (given, left) in [
        (&["50", "7"][..], 7),
        (&["7", "50"], 7),
        (&["50, 7", "9"], 7),
        (&["0", "7"], 7),
        (&["7", "-1"], 7),
        (&["500", "inf"], 100),
    ] {
        let mut request = Request::post("/");
        for timeout in given {
            request = request.header(TIMEOUT, timeout);
        }
        let answer = request.json(json!(false)).send(server.address).await;
        assert_eq!(answer.ok(), json!([left, null]), "{given:?}");
    }
}

#[tokio::test]
async fn a_timeout_of_zero_or_less_adds_no_limit_and_removes_none() {
    let (without, limited) = (serve(without_limit()).await, serve(limited()).await);
    for none in ["0", "-1", "-inf", "0.0"] {
        for (server, left) in [(&without, None), (&limited, Some(100))] {
            let request = Request::post("/").header(TIMEOUT, none).json(json!(false));
            let answer = request.send(server.address).await;
            assert_eq!(answer.ok(), json!([left, null]), "{none}");
        }
    }
}

#[tokio::test]
async fn a_timeout_that_is_no_number_is_named() {
    let server = serve(limited()).await;
    for wrong in ["", "soon", "NaN", "1s", "\u{e9}", "5,", "5, x"] {
        let request = Request::post("/").header(TIMEOUT, wrong).json(json!(false));
        let answer = request.send(server.address).await;
        assert_eq!(answer.status, 400, "{wrong}: {answer:?}");
        let said = "the header `x-request-timeout-seconds` must be a number of seconds";
        assert_eq!(answer.json(), json!({ "error": said }));
    }
}

/// Also with `-`, as proxies drop names with `_`.
#[tokio::test]
async fn a_model_id_comes_from_rays_header() {
    let server = serve(limited()).await;
    for name in ["serve_multiplexed_model_id", "Serve-Multiplexed-Model-Id"] {
        let request = Request::post("/").header(name, "fr");
        let answer = request.json(json!(false)).send(server.address).await;
        assert_eq!(answer.ok(), json!([100, "fr"]));
        let request = Request::post("/").header(name, "\u{e9}");
        let answer = request.json(json!(false)).send(server.address).await;
        assert_eq!(answer.status, 400);
        let name = name.to_lowercase();
        let said = format!("the header `{name}` must be plain text");
        assert_eq!(answer.json(), json!({ "error": said }));
    }
}

/// Before the first request, in the middle of a head, and between two requests.
#[tokio::test]
async fn a_connection_without_a_request_is_not_kept_for_ever() {
    let server = serve(without_limit()).await;
    let whole = "GET /-/healthz HTTP/1.1\r\nhost: test\r\n\r\n";
    for sent in ["", &whole[..20], whole] {
        let mut connection = tokio::net::TcpStream::connect(server.address)
            .await
            .unwrap();
        connection.write_all(sent.as_bytes()).await.unwrap();
        let mut first = [0; 12];
        if sent == whole {
            connection.read_exact(&mut first).await.unwrap();
            assert_eq!(&first, b"HTTP/1.1 200");
        }
        // The clock moves on by itself as soon as everything waits for it.
        tokio::time::pause();
        let began = tokio::time::Instant::now();
        connection.read_to_end(&mut Vec::new()).await.unwrap();
        let kept_s = began.elapsed().as_secs();
        tokio::time::resume();
        assert!((74..=76).contains(&kept_s), "{sent:?}: {kept_s} s");
    }
}

#[tokio::test]
async fn a_body_that_does_not_arrive_is_not_waited_for() {
    let server = serve(without_limit()).await;
    let head = format!(
        "POST / HTTP/1.1\r\nhost: test\r\nconnection: close\r\n{TIMEOUT}: 0.01\r\n\
         content-type: application/json\r\ncontent-length: 4\r\n\r\ntr"
    );
    let mut connection = tokio::net::TcpStream::connect(server.address)
        .await
        .unwrap();
    connection.write_all(head.as_bytes()).await.unwrap();
    let answer = answer(connection).await;
    assert_eq!(answer.status, 504, "{answer:?}");
    assert_eq!(answer.json(), json!({ "error": "the deadline has passed" }));
}

#[deployment]
struct Waiting {
    entered: Count,
    dropped: Count,
}

#[deployment]
impl Waiting {
    fn new(entered: Count, dropped: Count) -> Self {
        Waiting { entered, dropped }
    }

    async fn wait(&self) -> u64 {
        let _dropped = self.dropped.on_drop();
        self.entered.add();
        std::future::pending().await
    }
}

#[graph]
fn waited_for(entered: Count, dropped: Count) -> u64 {
    let waiting = Waiting::bind(entered, dropped);

    input(|| waiting.wait())
}

/// A line end, a byte of anything, or the next request, which nothing reads before the first one is answered.
#[tokio::test]
async fn a_client_that_sent_more_than_a_request_and_left_is_gone() {
    let whole = "POST / HTTP/1.1\r\nhost: test\r\ncontent-length: 0\r\n\r\n";
    for more in ["", "\r\n", "x", whole] {
        let (entered, dropped) = (Count::new(), Count::new());
        let server = serve(waited_for(entered.clone(), dropped.clone())).await;
        let mut client = tokio::net::TcpStream::connect(server.address)
            .await
            .unwrap();
        let sent = format!("{whole}{more}");
        client.write_all(sent.as_bytes()).await.unwrap();
        entered.reaches(1).await;
        assert_eq!(dropped.get(), 0, "{more:?}");
        drop(client);
        dropped.reaches(1).await;
    }
}

/// As in Ray Serve.
#[tokio::test]
async fn an_empty_model_id_is_none() {
    let server = serve(without_limit()).await;
    let request = Request::post("/").header("serve_multiplexed_model_id", "");
    let answer = request.json(json!(false)).send(server.address).await;
    assert_eq!(answer.ok(), json!([null, null]));
}
