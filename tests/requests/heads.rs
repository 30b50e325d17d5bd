//! The HTTP request that a request came as, as every node sees it.

use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use serve_runtime::Request;
use serve_runtime::axum::http;
use serve_runtime::prelude::*;

use crate::support::http::{Request as Sent, serve};
use crate::support::within;

/// A request's method, path, query and tenant.
type Seen = [Option<String>; 4];

fn seen_in(request: &Request) -> Seen {
    let tenant = request
        .headers()
        .and_then(|headers| headers.get("x-tenant"));
    [
        request.method().map(http::Method::as_str),
        request.path(),
        request.query(),
        tenant.map(|tenant| tenant.to_str().unwrap()),
    ]
    .map(|text| text.map(str::to_owned))
}

fn seen() -> Seen {
    seen_in(&Request::current())
}

#[deployment]
async fn in_place() -> Seen {
    tokio::task::yield_now().await;
    seen()
}

#[deployment]
struct OnThread;

#[deployment]
impl OnThread {
    fn new() -> Self {
        assert_eq!(seen(), [const { None }; 4]);
        OnThread
    }

    fn run(&self) -> Seen {
        seen()
    }

    #[batch(max_batch_size = 4)]
    fn batched(&self, numbers: Vec<u32>) -> Vec<(u32, Seen)> {
        let requests = Request::batch();
        let seen = requests.iter().map(seen_in);
        numbers.into_iter().zip(seen).collect()
    }

    fn items(&self) -> impl Iterator<Item = Seen> {
        [seen(), seen()].into_iter()
    }
}

#[deployment]
struct Caller {
    callee: Handle<OnThread>,
}

#[deployment]
impl Caller {
    fn new(callee: Handle<OnThread>) -> Self {
        Caller { callee }
    }

    async fn run(&self) -> Result<Seen> {
        let options = CallOptions::new().model_id("m");
        self.callee.options(options).run().await
    }

    async fn items(&self) -> impl Stream<Item = Seen> {
        stream::iter(0..2).then(async |_| {
            tokio::task::yield_now().await;
            seen()
        })
    }
}

#[graph(route_prefix = "/été", request_timeout_s = 100)]
fn seeing() -> Seen {
    let thread = OnThread::bind();
    let caller = Caller::bind(thread);

    route("/in-place", || in_place());
    route("/thread", || thread.run());
    route("/handle", || caller.run());
    route("/batched", || -> (u32, Seen) { thread.batched(7) });
    route("/items/thread", || -> Streaming<Seen> { thread.items() });
    route("/items/in-place", || -> Streaming<Seen> { caller.items() });
}

/// The lines of a body.
fn lines(body: &str) -> Vec<Value> {
    // Each is in a chunk of its own, between lines with its length.
    let lines = body.lines().filter(|line| line.starts_with('['));
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[tokio::test]
async fn every_node_sees_the_method_the_path_the_query_and_the_headers() {
    let server = serve(seeing()).await;
    let send = async |path: &str| {
        let request = Sent::post(&format!("/été{path}?page=2")).header("x-tenant", "acme");
        request.send(server.address).await
    };
    let expected = |path| json!(["POST", format!("/%C3%A9t%C3%A9{path}"), "page=2", "acme"]);
    for path in ["/in-place", "/thread", "/handle"] {
        assert_eq!(send(path).await.ok(), expected(path));
    }
    let path = "/batched";
    assert_eq!(send(path).await.ok(), json!([7, expected(path)]));
    for path in ["/items/thread", "/items/in-place"] {
        let answer = send(path).await;
        let both = [expected(path), expected(path)];
        assert_eq!(lines(&answer.body), both, "{answer:?}");
    }
}

#[tokio::test]
async fn a_request_without_a_query_has_none_and_one_that_no_server_made_has_nothing() {
    let server = serve(seeing()).await;
    let answer = server.post_to("/été/in-place", json!(null)).await.ok();
    assert_eq!(
        answer,
        json!(["POST", "/%C3%A9t%C3%A9/in-place", null, null])
    );
    let app = deploy(seeing()).await.unwrap();
    assert_eq!(app.thread().await.unwrap(), [const { None }; 4]);
    let request = Request::new("1");
    let seen = request.scope(app.thread()).await.unwrap();
    assert_eq!(seen, [const { None }; 4]);
}

fn request_of(tenant: &str) -> Request {
    let http = http::Request::get("/own?x").header("x-tenant", tenant);
    Request::new("1").with_http(http.body(()).unwrap())
}

#[tokio::test]
async fn each_call_of_a_batch_has_its_own() {
    let app = deploy(OnThread::bind()).await.unwrap();
    let calls = (0..8).map(|number| {
        let call = app.batched(number);
        request_of(&number.to_string()).scope(call)
    });
    let calls = within(futures_util::future::join_all(calls)).await;
    for (number, call) in calls.into_iter().enumerate() {
        let tenant = number.to_string();
        let seen = ["GET", "/own", "x", &tenant].map(|text| Some(text.to_owned()));
        assert_eq!(call.unwrap(), (number as u32, seen));
    }
}

#[test]
fn a_copy_with_another_deadline_or_model_has_it_and_nothing_of_it_is_printed() {
    let soon = tokio::time::Instant::now();
    let request = request_of("secret").with_model_id("m").with_deadline(soon);
    assert_eq!(seen_in(&request)[3].as_deref(), Some("secret"));
    let printed = format!("{request:?}");
    assert!(!printed.contains("secret"), "{printed}");
}
