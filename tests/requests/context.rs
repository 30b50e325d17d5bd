//! The context of a request, as code sees it that works for the request.

use serve_runtime::Request;
use serve_runtime::prelude::*;
use tokio::time::Instant;

use crate::clock::ms;

fn seen() -> (Option<String>, Option<String>, bool) {
    let request = Request::current();
    let owned = |text: Option<&str>| text.map(str::to_owned);
    (
        owned(request.id()),
        owned(request.model_id()),
        request.deadline().is_some(),
    )
}

type Seen = (Option<String>, Option<String>, bool);

#[deployment]
async fn in_place() -> Seen {
    seen()
}

#[deployment]
fn on_a_thread() -> Seen {
    seen()
}

#[graph]
fn both() -> (Seen, Seen) {
    input(|| (in_place(), on_a_thread()))
}

#[tokio::test]
async fn a_request_is_the_same_in_place_and_on_a_thread() {
    let app = deploy(both()).await.unwrap();
    let request = Request::new("7")
        .with_model_id("m")
        .with_deadline(Instant::now() + ms(60_000));
    let (in_place, on_a_thread) = request.scope(app.call()).await.unwrap();
    assert_eq!(in_place, (Some("7".into()), Some("m".into()), true));
    assert_eq!(in_place, on_a_thread);
    assert_eq!(app.call().await.unwrap().0, (None, None, false));
}

#[tokio::test(start_paused = true)]
async fn the_earlier_deadline_stays() {
    let soon = Instant::now() + ms(10);
    let request = Request::default().with_deadline(soon);
    assert_eq!(request.with_deadline(soon + ms(1)).deadline(), Some(soon));
    assert_eq!(request.remaining(), Some(ms(10)));
    assert!(!request.is_cancelled());
    tokio::time::advance(ms(20)).await;
    assert_eq!(request.remaining(), Some(ms(0)));
    assert!(request.is_cancelled());
    assert!(format!("{request:?}").contains("is_cancelled: true"));
}

#[tokio::test(start_paused = true)]
async fn waiting_for_the_cancellation_ends_with_the_deadline() {
    let began = Instant::now();
    Request::default()
        .with_deadline(began + ms(30))
        .cancelled()
        .await;
    assert_eq!(began.elapsed(), ms(30));
    let never = Request::new("1");
    assert!(
        tokio::time::timeout(ms(1_000), never.cancelled())
            .await
            .is_err()
    );
    let never = Request::default();
    assert!(
        tokio::time::timeout(ms(1_000), never.cancelled())
            .await
            .is_err()
    );
}
