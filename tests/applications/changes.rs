//! Applications that come, are replaced, and go while the server runs and others are served.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;
use serve_runtime::axum::Router;
use serve_runtime::ingress::{ApplicationState, Applications};
use serve_runtime::prelude::*;
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinHandle;

use super::support::http::{Request, Served, answer, serve_all};
use super::support::within;
use super::{HelloGraph, hello, numbers, server};

/// Says what it was made with, once it may.
#[deployment]
struct Speaker {
    text: String,
    may: Arc<Semaphore>,
}

#[deployment]
impl Speaker {
    async fn new(text: String, may: Arc<Semaphore>) -> Result<Self> {
        match &*text {
            "broken" => Err(Error::failed("it is broken")),
            _ => Ok(Speaker { text, may }),
        }
    }

    async fn say(&self, _to: String) -> String {
        let _permit = self.may.acquire().await;
        self.text.clone()
    }
}

#[graph(route_prefix = "/said")]
fn said(text: String, may: Arc<Semaphore>) -> String {
    let speaker = Speaker::bind(text, may);
    input(|to: String| speaker.say(to))
}

fn free() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(1000))
}

/// A server of that application, and its applications.
async fn serving(server: serve_runtime::Server) -> (Served, Applications) {
    let (give, given) = oneshot::channel();
    let server = server.routes_with(|applications| {
        let _ = give.send(applications.clone());
        Ok(Router::new())
    });
    let served = serve_all(server).await;
    (served, given.await.unwrap())
}

/// Asks over and over again until it is told to end; returns the answers in order.
fn asking(
    address: SocketAddr,
    path: &'static str,
    end: &Arc<AtomicBool>,
) -> JoinHandle<Vec<String>> {
    let end = Arc::clone(end);
    tokio::spawn(async move {
        let mut answers = Vec::new();
        while !end.load(Ordering::Relaxed) {
            let answer = Request::post(path).json(json!("Ada")).send(address).await;
            let text = answer.ok().as_str().unwrap().to_owned();
            if answers.last() != Some(&text) {
                answers.push(text);
            }
        }
        answers
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_request_fails_while_applications_change() {
    let server = server()
        .application(hello())
        .application(said("one".into(), free()));
    let (served, applications) = serving(server).await;
    let end = Arc::new(AtomicBool::new(false));
    let rolled: Vec<_> = (0..4)
        .map(|_| asking(served.address, "/said", &end))
        .collect();
    let beside: Vec<_> = (0..2).map(|_| asking(served.address, "/", &end)).collect();
    for text in ["two", "three", "four"] {
        applications
            .deploy(said(text.into(), free()))
            .await
            .unwrap();
        applications
            .deploy(numbers().name(text).route_prefix(format!("/{text}")))
            .await
            .unwrap();
    }
    for text in ["two", "three", "four"] {
        applications.delete(text).await.unwrap();
    }
    // Each has seen the last one: it asks at least once more.
    let seen = Request::post("/said")
        .json(json!("Ada"))
        .send(served.address)
        .await;
    assert_eq!(seen.ok(), "four");
    end.store(true, Ordering::Relaxed);
    for answers in rolled {
        let answers = within(answers).await.unwrap();
        let order = ["one", "two", "three", "four"];
        let mut order = order.iter();
        for text in &answers {
            assert!(order.any(|it| it == text), "{answers:?}");
        }
    }
    for answers in beside {
        assert_eq!(within(answers).await.unwrap(), ["hello, Ada"]);
    }
    assert_eq!(applications.names(), ["hello", "said"]);
}

#[tokio::test]
async fn one_that_is_replaced_or_deleted_answers_what_it_was_asked() {
    let may = Arc::new(Semaphore::new(0));
    let (served, applications) =
        serving(server().application(said("one".into(), Arc::clone(&may)))).await;
    let ask = || {
        Request::post("/said")
            .json(json!("Ada"))
            .start(served.address)
    };
    let asked = ask().await;
    until(|| ongoing(&applications) == 1).await;
    applications
        .deploy(said("two".into(), Arc::clone(&may)))
        .await
        .unwrap();
    let asked_later = ask().await;
    until(|| ongoing(&applications) == 1).await; // at the new one
    let deleted = tokio::spawn({
        let applications = applications.clone();
        async move { applications.delete("said").await }
    });
    until(|| applications.status()[0].status == ApplicationState::Deleting).await;
    assert_eq!(applications.names(), [""; 0]);
    let unserved = Request::post("/said")
        .json(json!("Ada"))
        .send(served.address)
        .await;
    assert_eq!(unserved.status, 404);
    assert!(!deleted.is_finished());
    may.add_permits(10);
    assert_eq!(answer(asked).await.ok(), "one");
    assert_eq!(answer(asked_later).await.ok(), "two");
    within(deleted).await.unwrap().unwrap();
    assert_eq!(applications.status(), []);
}

fn ongoing(applications: &Applications) -> usize {
    let control = applications.control("said").unwrap();
    control.status().iter().map(|it| it.ongoing).sum()
}

async fn until(is: impl Fn() -> bool) {
    within(async {
        while !is() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_change_that_fails_changes_nothing() {
    let server = server()
        .application(hello())
        .application(said("one".into(), free()));
    let (served, applications) = serving(server).await;
    let post = |path: &'static str| Request::post(path).json(json!("Ada")).send(served.address);

    let broken = applications.deploy(said("broken".into(), free())).await;
    let message = broken.unwrap_err().to_string();
    assert!(message.contains("it is broken"), "{message}");
    let status = applications.status();
    assert_eq!(status[1].name, "said");
    assert_eq!(status[1].status, ApplicationState::DeployFailed);
    assert!(status[1].message.contains("it is broken"), "{status:?}");
    assert_eq!(post("/said").await.ok(), "one"); // the version before

    let taken = applications.deploy(hello().name("again")).await;
    let message = taken.unwrap_err().to_string();
    let expected = "the applications `hello` and `again` are both served at `/`";
    assert!(message.starts_with(expected), "{message}");
    let unknown = applications.delete("again").await;
    let expected = "no application is named `again`; there are `hello`, `said`";
    assert_eq!(unknown.unwrap_err().to_string(), expected);
    assert_eq!(post("/").await.ok(), "hello, Ada");

    applications
        .deploy(said("two".into(), free()))
        .await
        .unwrap();
    assert_eq!(post("/said").await.ok(), "two");
    assert_eq!(applications.status()[1].status, ApplicationState::Running);
    assert_eq!(applications.status()[1].message, "");
}

#[tokio::test]
async fn a_handle_follows_the_name() {
    let (served, applications) = serving(server().application(hello())).await;
    let hello_handle = applications.handle::<HelloGraph>("hello").unwrap();
    let call = || async { hello_handle.get()?.call("Ada".into()).await };
    assert_eq!(call().await.unwrap(), "hello, Ada");
    applications.deploy(hello()).await.unwrap();
    assert_eq!(call().await.unwrap(), "hello, Ada");

    // One that is in use goes on.
    let kept = hello_handle.get().unwrap();
    let deleted = tokio::spawn({
        let applications = applications.clone();
        async move { applications.delete("hello").await }
    });
    until(|| applications.names().is_empty()).await;
    assert_eq!(kept.call("Ada".into()).await.unwrap(), "hello, Ada");
    assert_eq!(call().await.unwrap_err().kind(), ErrorKind::Unavailable);
    drop(kept);
    within(deleted).await.unwrap().unwrap();

    applications
        .deploy(said("other".into(), free()).name("hello"))
        .await
        .unwrap();
    let other = call().await.unwrap_err();
    assert_eq!(other.kind(), ErrorKind::Unavailable);
    let expected = "application `hello` runs the graph `said`, not `hello`";
    assert_eq!(other.message(), expected);
    applications.deploy(hello()).await.unwrap();
    assert_eq!(call().await.unwrap(), "hello, Ada");

    within(served.stop()).await.unwrap().unwrap();
    assert_eq!(call().await.unwrap_err().message(), "the server has ended");
}
