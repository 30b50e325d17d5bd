//! Formats of the user's own.

use std::sync::{Condvar, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use serve_runtime::ingress::{BadBody, FromBody, Part};
use serve_runtime::prelude::*;

use super::refused;
use crate::support::http::{Request, serve};

/// Sound of 8 bits, without a header.
struct Sound(Vec<i8>);

impl FromBody for Sound {
    const CONTENT_TYPES: &'static [&'static str] = &["audio/basic", "audio/x-raw"];

    fn from_body(part: &Part<'_>) -> Result<Self, BadBody> {
        if part.bytes().is_empty() {
            return Err(BadBody::new("silence"));
        }
        Ok(Sound(part.bytes().iter().map(|byte| *byte as i8).collect()))
    }
}

#[deployment]
async fn loudest(sound: &Sound, above: Option<u8>) -> Option<u8> {
    let loudest = sound.0.iter().map(|sample| sample.unsigned_abs()).max();
    loudest.filter(|loudest| above.is_none_or(|above| *loudest > above))
}

#[graph]
fn listening() -> Option<u8> {
    route("/", |sound: Sound| loudest(sound, None));
    route("/above", |sound: Sound, above: Option<u8>| {
        loudest(sound, above)
    });
}

#[tokio::test]
async fn a_format_of_the_users_own_is_read_by_its_from_body() {
    let app = deploy(listening()).await.unwrap();
    assert_eq!(app.above(Sound(vec![1, -9]), None).await.unwrap(), Some(9));

    let server = serve(listening()).await;
    let answer = server.post_as("/", "audio/basic", [1, 0xf7]).await;
    assert_eq!(answer.ok(), 9);
    let parts = [
        ("sound", "audio/x-raw", vec![1, 0xf7]),
        ("above", "text/plain", b"9".to_vec()),
    ];
    let form = Request::post("/above").form(parts);
    assert_eq!(form.send(server.address).await.ok(), Value::Null);

    let answer = server.post_as("/", "audio/basic", []).await;
    assert_eq!(refused(&answer), (422, String::new(), "silence".to_owned()));
    let answer = server.post_as("/", "audio/ogg", [1]).await;
    let message = "the content type `audio/ogg` is not supported; send `audio/basic` or `audio/x-raw` or \
         `multipart/form-data`";
    assert_eq!(refused(&answer), (415, String::new(), message.to_owned()));
    let answer = server.post_to("/above", json!({ "sound": [1] })).await;
    let message =
        "the content type `application/json` is not supported; send `audio/basic` or `audio/x-raw`";
    assert_eq!(
        refused(&answer),
        (415, "sound".to_owned(), message.to_owned())
    );
}

/// Reading it waits until another request has been answered.
struct Waiting;

static ANSWERED: (Mutex<bool>, Condvar) = (Mutex::new(false), Condvar::new());

impl FromBody for Waiting {
    const CONTENT_TYPES: &'static [&'static str] = &["application/x-waiting"];

    fn from_body(part: &Part<'_>) -> Result<Self, BadBody> {
        assert!(!part.bytes().is_empty(), "nothing to wait for");
        let answered = ANSWERED.0.lock().unwrap();
        let far = Duration::from_secs(10);
        let (answered, _) = ANSWERED
            .1
            .wait_timeout_while(answered, far, |answered| !*answered)
            .unwrap();
        answered
            .then_some(Waiting)
            .ok_or(BadBody::new("nothing else was answered"))
    }
}

#[deployment]
async fn waited(_waiting: Waiting) -> &'static str {
    "waited"
}

#[deployment]
async fn answered() -> &'static str {
    *ANSWERED.0.lock().unwrap() = true;
    ANSWERED.1.notify_all();
    "answered"
}

#[graph]
fn slow_to_read() -> &'static str {
    route("/", |waiting: Waiting| waited(waiting));
    route("/other", || answered());
}

/// Everything runs on one thread except for reading the body.
#[tokio::test]
async fn a_body_that_is_slow_to_read_does_not_delay_other_requests() {
    let server = serve(slow_to_read()).await;
    let slow = server.post_as("/", "application/x-waiting", "x");
    let other = async {
        tokio::task::yield_now().await;
        server.post_to("/other", json!(null)).await
    };
    let (slow, other) = tokio::join!(slow, other);
    assert_eq!(
        (slow.ok(), other.ok()),
        (json!("waited"), json!("answered"))
    );
    // Neither does a body whose reading panics.
    let panicked = server.post_as("/", "application/x-waiting", "").await;
    assert_eq!(
        refused(&panicked),
        (500, String::new(), "internal error".to_owned())
    );
    assert_eq!(server.post_to("/other", json!(null)).await.ok(), "answered");
}
