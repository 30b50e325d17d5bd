//! Calls without a tokio runtime, or with one that has no timers.

use std::thread;
use std::time::Duration;

use futures_util::FutureExt;
use serve_runtime::prelude::*;
use serve_runtime::{CallOptions, ErrorKind};
use tokio::runtime::{Builder, Runtime};

#[deployment]
fn double(number: u32) -> u32 {
    number * 2
}

fn runtime() -> Runtime {
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build();
    runtime.unwrap()
}

/// Wakes a thread that has no runtime.
fn wait<T: Send>(call: impl Future<Output = T> + Send) -> T {
    thread::scope(|scope| scope.spawn(|| futures_executor(call)).join()).unwrap()
}

/// Polls a future until it is ready.
fn futures_executor<T>(call: impl Future<Output = T>) -> T {
    let mut call = std::pin::pin!(call);
    loop {
        if let Some(output) = call.as_mut().now_or_never() {
            return output;
        }
        thread::yield_now();
    }
}

#[test]
fn nothing_is_deployed_outside_of_a_runtime() {
    let error = wait(async { deploy(double::bind()).await.map(drop) }).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(
        error.to_string(),
        "`deploy` was called outside of a tokio runtime, where nothing can be run\n\
         help: put `#[tokio::main]` on `main`, or call it inside `runtime.block_on(..)`"
    );
}

#[test]
fn nothing_is_deployed_without_timers() {
    let runtime = Builder::new_current_thread().build().unwrap();
    let error = runtime.block_on(async { deploy(double::bind()).await.map(drop) });
    assert_eq!(
        error.unwrap_err().to_string(),
        "this tokio runtime has no timers, which retries, health checks and deadlines need\n\
         help: build it with `enable_all()` or `enable_time()`"
    );
}

#[test]
fn a_call_needs_no_runtime_unless_it_has_a_deadline() {
    let runtime = runtime();
    let app = runtime.block_on(deploy(double::bind())).unwrap();
    assert_eq!(wait(app.call(21)).unwrap(), 42);
    let in_time = app.options(CallOptions::new().timeout(Duration::from_secs(60)));
    let error = wait(in_time.call(21)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "a call with a deadline was made outside of a tokio runtime, whose clock it needs\n\
         help: wait for it inside `runtime.block_on(..)`"
    );
    assert_eq!(runtime.block_on(in_time.call(21)).unwrap(), 42);
}

/// The threads of the replicas do not belong to the runtime.
#[test]
fn a_replica_survives_the_end_of_the_runtime() {
    let first = runtime();
    let app = first.block_on(deploy(double::bind())).unwrap();
    first.shutdown_background();
    let second = runtime();
    let in_time = app.options(CallOptions::new().timeout(Duration::from_secs(60)));
    assert_eq!(second.block_on(in_time.call(21)).unwrap(), 42);
    let control = Deployed::control(&app)
        .deployment::<double>("double")
        .unwrap();
    let error = second.block_on(control.scale(2)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    second.block_on(Deployed::shutdown(app));
}

/// The name of a thread must not contain one.
#[tokio::test]
async fn a_name_may_contain_a_null_character() {
    let app = deploy(double::bind().name("dou\0ble")).await.unwrap();
    assert_eq!(app.call(21).await.unwrap(), 42);
    Deployed::shutdown(app).await;
}
