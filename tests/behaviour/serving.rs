//! A server's life: starting, overloaded, hung up on, stopped.

use std::time::Duration;

use futures_util::future::select;
use serde_json::json;
use serve_runtime::ingress::{Server, ServerOptions};
use serve_runtime::prelude::*;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::support::http::{Request, answer, serve, serve_with};
use crate::support::{Stage, within};

#[deployment(max_queued_requests = 1)]
struct Computing {
    stage: Stage,
}

#[deployment]
impl Computing {
    fn new(stage: Stage) -> Self {
        Computing { stage }
    }

    fn run(&self, number: u32) -> u32 {
        self.stage.block();
        number
    }
}

#[deployment]
struct InPlace {
    stage: Stage,
}

#[deployment]
impl InPlace {
    fn new(stage: Stage) -> Self {
        InPlace { stage }
    }

    async fn run(&self, number: u32) -> u32 {
        self.stage.hold().await;
        number
    }
}

#[graph]
fn held_on_a_thread(stage: Stage) -> u32 {
    let model = Computing::bind(stage);

    input(|number: u32| model.run(number))
}

#[graph]
fn held_in_place(stage: Stage) -> u32 {
    let step = InPlace::bind(stage);

    input(|number: u32| step.run(number))
}

fn request(number: u32) -> Request {
    Request::post("/").json(json!(number))
}

#[tokio::test]
async fn a_full_queue_is_503_with_retry_after() {
    let stage = Stage::new();
    let server = serve(held_on_a_thread(stage.clone())).await;
    let first = request(1).start(server.address).await;
    stage.entered(1).await;
    // Of two more, one gets a place.
    let second = Box::pin(request(2).send(server.address));
    let third = Box::pin(request(2).send(server.address));
    let (refused, waiting) = select(second, third).await.factor_first();
    assert_eq!(refused.status, 503);
    let seconds: u32 = refused.headers["retry-after"].parse().unwrap();
    assert!((1..=60).contains(&seconds), "{seconds}");
    // Nothing of the refused request has begun.
    let error = refused.json()["error"].clone();
    assert!(error.as_str().unwrap().contains("`model`"), "{error}");
    stage.release(2);
    assert_eq!(answer(first).await.ok(), 1);
    assert_eq!(waiting.await.ok(), 2);
}

#[tokio::test]
async fn a_full_server_is_503_with_retry_after() {
    let stage = Stage::new();
    let served = serve_with(held_in_place(stage.clone()), |options| {
        options.max_ongoing_requests = 1;
    });
    let server = served.await;
    let first = request(1).start(server.address).await;
    stage.entered(1).await;
    let refused = request(2).send(server.address).await;
    assert_eq!(refused.status, 503);
    assert_eq!(refused.headers["retry-after"], "1");
    assert_eq!(server.get("/-/healthz").await.status, 200);
    stage.release(2);
    assert_eq!(answer(first).await.ok(), 1);
    assert_eq!(request(2).send(server.address).await.ok(), 2);
}

#[tokio::test]
async fn a_client_that_hangs_up_drops_its_request_and_frees_its_place() {
    let stage = Stage::new();
    let served = serve_with(held_in_place(stage.clone()), |options| {
        options.max_ongoing_requests = 1;
    });
    let server = served.await;
    let connection = request(1).start(server.address).await;
    stage.entered(1).await;
    drop(connection);
    stage.left().reaches(1).await;
    stage.release(1);
    assert_eq!(request(2).send(server.address).await.ok(), 2);
}

#[tokio::test]
async fn a_request_in_flight_is_answered_when_the_server_stops() {
    let stage = Stage::new();
    let server = serve(held_on_a_thread(stage.clone())).await;
    let address = server.address;
    let in_flight = request(1).start(address).await;
    stage.entered(1).await;
    let stopped = server.stop();
    refuses(address).await;
    assert!(!stopped.is_finished());
    stage.release(1);
    assert_eq!(answer(in_flight).await.ok(), 1);
    within(stopped).await.unwrap().unwrap();
}

/// Waits until the port is closed.
async fn refuses(address: std::net::SocketAddr) {
    within(async { while TcpStream::connect(address).await.is_ok() {} }).await;
}

#[tokio::test]
async fn an_idle_connection_does_not_keep_the_server_from_stopping() {
    let server = serve(held_in_place(Stage::new())).await;
    let _idle = TcpStream::connect(server.address).await.unwrap();
    within(server.stop()).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_request_that_outlives_the_grace_period_does_not_keep_the_server_from_stopping() {
    let stage = Stage::new();
    let served = serve_with(held_in_place(stage.clone()), |options| {
        options.graceful_shutdown_timeout = Duration::from_millis(10);
    });
    let server = served.await;
    let _under_way = request(1).start(server.address).await;
    stage.entered(1).await;
    within(server.stop()).await.unwrap().unwrap();
}

/// Its constructor waits until the test releases it.
#[deployment]
struct Late;

#[deployment]
impl Late {
    async fn new(stage: Stage) -> Result<Self> {
        stage.hold().await;
        Ok(Late)
    }

    async fn run(&self, number: u32) -> u32 {
        number
    }
}

#[graph]
fn late_graph(stage: Stage) -> u32 {
    let late = Late::bind(stage);

    input(|number: u32| late.run(number))
}

async fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().port()
}

#[tokio::test]
async fn until_every_replica_is_ready_the_server_says_that_it_is_not() {
    let stage = Stage::new();
    let port = free_port().await;
    let address = ([127, 0, 0, 1], port).into();
    let starting = tokio::spawn({
        let stage = stage.clone();
        async move { serve_with(late_graph(stage), |options| options.port = port).await }
    });
    stage.entered(1).await;
    let health = Request::new("GET", "/-/healthz").send(address).await;
    let refused = request(1).send(address).await;
    stage.release(1);
    assert_eq!((health.status, refused.status), (503, 503));
    assert_eq!(health.json()["error"], "the replicas are not ready");
    let server = within(starting).await.unwrap();
    assert_eq!(
        server.get("/-/healthz").await.ok(),
        json!({ "status": "ok" })
    );
    assert_eq!(request(1).send(address).await.ok(), 1);
}

#[tokio::test]
async fn an_address_in_use_is_an_error_that_says_what_to_do() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap();
    let mut options = serve_runtime::ingress::ServerOptions::default();
    options.port = address.port();
    let server = serve_runtime::ingress::Server::new().application(held_in_place(Stage::new()));
    let ended = within(server.options(options).run_until(std::future::pending())).await;
    let message = ended.unwrap_err().to_string();
    assert!(
        message.starts_with(&format!("cannot listen on {address}: ")),
        "{message}"
    );
    assert!(
        message.ends_with("choose another --host or --port"),
        "{message}"
    );
}

/// Each would be a panic of axum.
#[tokio::test]
async fn routes_that_overlap_are_an_error() {
    use serve_runtime::axum::Router;
    use serve_runtime::axum::routing::{get, post};

    let answer = || async {};
    for (one, other) in [
        (Router::new().route("/", post(answer)), Router::new()),
        (Router::new().route("/-/routes", get(answer)), Router::new()),
        (
            Router::new().route("/mine", get(answer)),
            Router::new().route("/mine", get(answer)),
        ),
        (
            Router::new().route("/{mine}", get(answer)),
            Router::new().route("/{other}", get(answer)),
        ),
        (
            Router::new().fallback(answer),
            Router::new().fallback(answer),
        ),
    ] {
        let server = Server::new().application(held_in_place(Stage::new()));
        let server = server.routes(one).routes(other);
        let ended = within(server.run_until(std::future::pending())).await;
        let message = ended.unwrap_err().to_string();
        let expected = "these routes cannot be served together: ";
        assert!(message.starts_with(expected), "{message}");
    }
}

#[tokio::test]
async fn a_fallback_of_the_users_is_kept() {
    let own = serve_runtime::axum::Router::new()
        .route(
            "/get",
            serve_runtime::axum::routing::get(|| async { "got" }),
        )
        .fallback(|| async { "mine" });
    let (ready, address) = oneshot::channel();
    let mut options = ServerOptions::default();
    options.port = 0;
    let server = Server::new()
        .application(held_in_place(Stage::new()))
        .options(options)
        .routes(own)
        .on_ready(move |address| _ = ready.send(address));
    let server = tokio::spawn(server.run_until(std::future::pending()));
    let address = within(address).await.unwrap();
    let fallback = Request::new("GET", "/nowhere").send(address).await;
    assert_eq!((fallback.status, &*fallback.body), (200, "mine"));
    for (method, path, message) in [
        ("GET", "/", "this route takes POST requests"),
        ("POST", "/get", "this path does not accept that method"),
        ("POST", "/-/livez", "this path does not accept that method"),
    ] {
        let answer = Request::new(method, path).send(address).await;
        assert_eq!(answer.status, 405, "{path}");
        assert_eq!(answer.json()["error"], message, "{path}");
        assert!(answer.headers.contains_key("allow"), "{path}");
    }
    server.abort();
}

#[tokio::test]
async fn routes_are_added_to_those_that_were_added_before() {
    let route = |path, answer: &'static str| {
        let answer = serve_runtime::axum::routing::get(move || async move { answer });
        serve_runtime::axum::Router::new().route(path, answer)
    };
    let (ready, address) = oneshot::channel();
    let mut options = ServerOptions::default();
    options.port = 0;
    let server = Server::new()
        .application(held_in_place(Stage::new()))
        .options(options)
        .routes(route("/first", "1"))
        .routes(route("/second", "2"))
        .on_ready(move |address| _ = ready.send(address));
    let server = tokio::spawn(server.run_until(std::future::pending()));
    let address = within(address).await.unwrap();
    for (path, answer) in [("/first", "1"), ("/second", "2")] {
        let answered = Request::new("GET", path).send(address).await;
        assert_eq!((answered.status, &*answered.body), (200, answer));
    }
    server.abort();
}
