//! Fakes of deployments that stream.

use futures_util::StreamExt;
use serve_runtime::prelude::*;
use serve_runtime::testing::{handle, later};

use crate::producers::{Machine, double};
use crate::support::within;

/// Must not be built by any test.
#[deployment]
struct Writer;

#[deployment]
impl Writer {
    fn new() -> Self {
        panic!("loads gigabytes")
    }

    fn write(&self, to: u32) -> impl Iterator<Item = u32> {
        0..to
    }
}

#[graph]
fn written() -> Streaming<u32> {
    let writer = Writer::bind();

    input(|to: u32| double(writer.write(to)))
}

fn numbers(to: u32) -> Streaming<u32> {
    Streaming::new(futures_util::stream::iter(100..100 + to))
}

#[tokio::test]
async fn a_fake_answers_with_a_stream() {
    let fake = Writer::fake().write(numbers);
    let app = deploy(written().with("writer", fake)).await.unwrap();
    let doubled = within(app.call(2)).await.unwrap();
    assert_eq!(within(doubled.collect()).await.unwrap(), [200, 202]);
}

#[tokio::test]
async fn a_fake_takes_a_stream() {
    let app = written()
        .with("writer", Writer::fake().write(numbers))
        .with("double", double::fake(|numbers| numbers.map(|n| n - 100)));
    let app = deploy(app).await.unwrap();
    let read = within(app.call(3)).await.unwrap();
    assert_eq!(within(read.collect()).await.unwrap(), [0, 1, 2]);
}

#[tokio::test]
async fn a_fake_fails_instead_of_streaming_or_in_the_middle() {
    let fake = Writer::fake().write(|to| match to {
        0 => Err(Error::invalid_input("nothing to write")),
        to => {
            let first = futures_util::stream::iter((0..to).map(Ok));
            let last = futures_util::stream::iter([Err(Error::upstream("bad luck"))]);
            Ok(Streaming::of_results(first.chain(last)))
        }
    });
    let app = deploy(written().with("writer", fake)).await.unwrap();
    let error = app.call(0).await.unwrap_err();
    assert_eq!(error.node(), Some("writer.write"));
    let mut numbers = within(app.call(1)).await.unwrap();
    assert_eq!(within(numbers.next()).await.unwrap().unwrap(), 0);
    let error = within(numbers.next()).await.unwrap().unwrap_err();
    assert_eq!(error.message(), "bad luck");
    assert!(within(numbers.next()).await.is_none());
}

#[tokio::test]
async fn a_handle_of_a_fake_streams() {
    let machine = Machine::fake().count(|to| later(async move { numbers(to) }));
    let read = handle(machine).count(2).await.unwrap();
    assert_eq!(within(read.collect()).await.unwrap(), [100, 101]);
}
