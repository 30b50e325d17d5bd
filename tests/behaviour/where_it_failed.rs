//! What an error says about where it happened: behind a handle, and in a fan-out.

use std::time::Duration;

use serve_runtime::prelude::*;

use crate::support::within;

/// Fails in the manner that it is asked for.
fn fail(how: &str) -> Result<u32> {
    match how {
        "panic" => panic!("dropped"),
        "fail" => Err(Error::failed("bad luck")),
        _ => Ok(1),
    }
}

#[deployment]
struct OnThread;

#[deployment]
impl OnThread {
    fn new() -> Self {
        OnThread
    }

    fn run(&self, how: String) -> Result<u32> {
        fail(&how)
    }

    #[batch(max_batch_size = 2)]
    fn batched(&self, how: Vec<String>) -> Vec<Result<u32>> {
        how.iter().map(|how| fail(how)).collect()
    }
}

#[deployment]
struct InPlace;

#[deployment]
impl InPlace {
    fn new() -> Self {
        InPlace
    }

    async fn run(&self, how: String) -> Result<u32> {
        match &*how {
            "wait" => std::future::pending().await,
            how => fail(how),
        }
    }

    async fn count(&self, how: String) -> Result<impl Stream<Item = u32>> {
        let count = fail(&how)?;
        Ok(futures_util::stream::iter(0..count))
    }
}

#[deployment]
async fn bare(how: String) -> Result<u32> {
    fail(&how)
}

#[deployment]
fn compute(how: String) -> Result<u32> {
    fail(&how)
}

/// Calls others through handles.
#[deployment]
struct Caller {
    thread: Handle<OnThread>,
    place: Handle<InPlace>,
    plain: Handle<bare>,
    computes: Handle<compute>,
}

#[deployment]
impl Caller {
    fn new(
        thread: Handle<OnThread>,
        place: Handle<InPlace>,
        plain: Handle<bare>,
        computes: Handle<compute>,
    ) -> Self {
        Caller {
            thread,
            place,
            plain,
            computes,
        }
    }

    async fn run(&self, which: u32, how: String) -> Result<u32> {
        match which {
            0 => self.thread.run(how).await,
            1 => self.thread.batched(how).await,
            2 => self.place.run(how).await,
            3 => self.place.count(how).await.map(|_| 1),
            4 => self.plain.call(how).await,
            5 => self.computes.call(how).await,
            _ => {
                let hurried = CallOptions::new().timeout(Duration::from_millis(5));
                self.place.options(hurried).run(how).await
            }
        }
    }
}

/// Calls the caller, through a handle as well.
#[deployment]
struct Outer(Handle<Caller>);

#[deployment]
impl Outer {
    fn new(caller: Handle<Caller>) -> Self {
        Outer(caller)
    }

    async fn run(&self, how: String) -> Result<u32> {
        self.0.run(2, how).await
    }
}

#[graph]
fn called() {
    let thread = OnThread::bind();
    let place = InPlace::bind();
    let plain = bare::bind();
    let computes = compute::bind();
    let caller = Caller::bind(thread, place, plain, computes);
    let outer = Outer::bind(caller);
    route("/call", |which: u32, how: String| -> u32 {
        caller.run(which, how)
    });
    route("/outer", |how: String| -> u32 { outer.run(how) })
}

#[tokio::test]
async fn an_error_behind_a_handle_names_the_node_and_what_it_called() {
    let app = deploy(called()).await.unwrap();
    let callees = [
        "thread.run",
        "thread.batched",
        "place.run",
        "place.count",
        "bare",
        "computes",
    ];
    for (which, callee) in (0..).zip(callees) {
        for (how, message) in [("fail", "bad luck"), ("panic", "panicked: dropped")] {
            let error = within(app.call(which, how.into())).await.unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("node `caller.run`: `{callee}`: {message}")
            );
            assert_eq!(error.node(), Some("caller.run"));
            assert_eq!(error.message(), message);
        }
        assert_eq!(within(app.call(which, "".into())).await.unwrap(), 1);
    }
    let error = within(app.outer("fail".into())).await.unwrap_err();
    let text = "node `outer.run`: `caller.run/place.run`: bad luck";
    assert_eq!(error.to_string(), text);
}

#[tokio::test(start_paused = true)]
async fn a_deadline_of_a_handle_names_what_was_called() {
    let app = deploy(called()).await.unwrap();
    let error = app.call(6, "wait".into()).await.unwrap_err();
    let text = "node `caller.run`: `place.run`: the deadline has passed";
    assert_eq!(error.to_string(), text);
    // An error of the call itself is named once.
    let error = app.call(6, "fail".into()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "node `caller.run`: `place.run`: bad luck"
    );
}

#[tokio::test]
async fn from_outside_of_a_request_a_call_names_nothing() {
    let app = deploy(InPlace::bind()).await.unwrap();
    let error = app.run("fail".into()).await.unwrap_err();
    assert_eq!(error.to_string(), "bad luck");
}

#[graph]
fn fanned() {
    let model = OnThread::bind();
    route("/call", |items: Vec<String>| -> Vec<u32> {
        items.map(|how| model.run(how))
    });
    route("/bare", |items: Vec<String>| -> Vec<u32> {
        items.map(|how| bare(how))
    });
    route("/nested", |items: Vec<Vec<String>>| -> Vec<Vec<u32>> {
        items.map(|inner| inner.map(|how| bare(how)))
    })
}

#[graph]
fn around() -> Vec<Vec<u32>> {
    let inner = fanned::bind();
    input(|items: Vec<Vec<String>>| items.map(|inner_items| inner.bare(inner_items)))
}

fn items<const N: usize>(how: [&str; N]) -> Vec<String> {
    how.map(String::from).to_vec()
}

#[tokio::test]
async fn an_error_or_a_panic_in_a_fan_out_names_the_item() {
    let app = deploy(fanned()).await.unwrap();
    let nest = deploy(around()).await.unwrap();
    for (how, message) in [("fail", "bad luck"), ("panic", "panicked: dropped")] {
        let error = within(app.call(items(["", "", how]))).await.unwrap_err();
        assert_eq!(error.to_string(), format!("node `model.run[2]`: {message}"));
        assert_eq!(error.node(), Some("model.run"));
        let error = within(app.bare(items(["", how]))).await.unwrap_err();
        assert_eq!(error.to_string(), format!("node `bare[1]`: {message}"));
        let two = vec![items([""]), items(["", "", how])];
        let error = within(app.nested(two.clone())).await.unwrap_err();
        assert_eq!(error.to_string(), format!("node `bare_1[1][2]`: {message}"));
        let error = within(nest.call(two)).await.unwrap_err();
        let text = format!("node `inner.bare[1]/bare[2]`: {message}");
        assert_eq!(error.to_string(), text);
        assert_eq!(error.node(), Some("inner.bare/bare"));
    }
    // The panic of an earlier request is forgotten.
    let error = within(app.bare(items(["fail"]))).await.unwrap_err();
    assert_eq!(error.to_string(), "node `bare[0]`: bad luck");
}
