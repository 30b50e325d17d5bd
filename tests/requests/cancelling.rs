//! Dropping a call ends it: a waiting call is never run, and a running call can see it.

use std::sync::mpsc;
use std::time::Duration;

use serve_runtime::prelude::*;
use tokio::sync::oneshot;

use crate::clock::{hold, ms, pass};
use crate::support::{Count, Stage, waits, within};

#[deployment]
struct Computing {
    stage: Stage,
    ran: Count,
}

#[deployment]
impl Computing {
    fn new(stage: Stage, ran: Count) -> Self {
        Computing { stage, ran }
    }

    fn run(&self, number: u32) -> u32 {
        self.ran.add();
        self.stage.block();
        number
    }
}

#[deployment]
async fn in_place(number: u32) -> u32 {
    number
}

#[tokio::test]
async fn the_loser_of_a_race_is_never_run() {
    let (stage, ran) = (Stage::new(), Count::new());
    let computing = Computing::bind(stage.clone(), ran.clone());
    let (computing, in_place) = (deploy(computing).await, deploy(in_place::bind()).await);
    let (computing, in_place) = (computing.unwrap(), in_place.unwrap());
    let mut first = Box::pin(computing.run(1));
    assert!(waits(&mut first).await);
    stage.entered(1).await;
    let won = tokio::select! {
        biased;
        number = computing.run(2) => number,
        number = in_place.call(3) => number,
    };
    assert_eq!(won.unwrap(), 3);
    stage.release(2);
    let (first, last) = within(async { tokio::join!(first, computing.run(4)) }).await;
    assert_eq!((first.unwrap(), last.unwrap()), (1, 4));
    assert_eq!(ran.get(), 2, "the loser waited in the queue");
}

/// Runs until its caller has gone, or until the test lets it answer.
#[deployment]
struct Asking {
    began: mpsc::Sender<()>,
    continues: std::sync::Mutex<mpsc::Receiver<()>>,
    saw: mpsc::Sender<bool>,
}

#[deployment]
impl Asking {
    #[allow(clippy::type_complexity)]
    fn new(ends: std::sync::Arc<std::sync::Mutex<Option<Ends>>>) -> Self {
        let (began, continues, saw) = ends.lock().unwrap().take().unwrap();
        Asking {
            began,
            continues: std::sync::Mutex::new(continues),
            saw,
        }
    }

    fn run(&self) -> bool {
        let request = Request::current();
        let _ = self.began.send(());
        let _ = self.continues.lock().unwrap().recv();
        // Once with a `Request` taken before, and once with a current one.
        let cancelled = request.is_cancelled();
        assert_eq!(Request::current().is_cancelled(), cancelled);
        let _ = self.saw.send(cancelled);
        cancelled
    }
}

type Ends = (mpsc::Sender<()>, mpsc::Receiver<()>, mpsc::Sender<bool>);

/// A deployment that checks for cancellation, and the test's channels to it.
#[allow(clippy::type_complexity)]
fn asking() -> (
    serve_runtime::Bound<Asking>,
    mpsc::Receiver<()>,
    mpsc::Sender<()>,
    mpsc::Receiver<bool>,
) {
    let (began, has_begun) = mpsc::channel();
    let (go_on, continues) = mpsc::channel();
    let (saw, seen) = mpsc::channel();
    let ends = std::sync::Arc::new(std::sync::Mutex::new(Some((began, continues, saw))));
    (Asking::bind(ends), has_begun, go_on, seen)
}

#[tokio::test]
async fn a_running_call_sees_that_its_caller_has_gone() {
    let (asking, has_begun, go_on, seen) = asking();
    let app = deploy(asking).await.unwrap();
    for gone in [true, false, true] {
        let mut call = Box::pin(app.run());
        assert!(waits(&mut call).await);
        has_begun.recv().unwrap();
        if gone {
            drop(call);
            go_on.send(()).unwrap();
        } else {
            go_on.send(()).unwrap();
            assert!(!call.await.unwrap());
        }
        assert_eq!(seen.recv().unwrap(), gone);
    }
}

#[tokio::test(start_paused = true)]
async fn a_running_call_sees_that_its_deadline_has_passed() {
    let (asking, has_begun, go_on, seen) = asking();
    let app = deploy(asking).await.unwrap();
    let _held = hold();
    let deadline = tokio::time::Instant::now() + ms(10);
    let request = serve_runtime::Request::default().with_deadline(deadline);
    let mut call = Box::pin(request.scope(app.run()));
    assert!(waits(&mut call).await);
    has_begun.recv().unwrap();
    pass(10).await;
    go_on.send(()).unwrap();
    assert!(seen.recv().unwrap());
}

/// Spawns a task that outlives its request.
#[deployment]
async fn spawns(seen: std::sync::Arc<std::sync::Mutex<Option<oneshot::Sender<bool>>>>) -> u32 {
    let request = Request::current();
    let seen = seen.lock().unwrap().take().unwrap();
    tokio::spawn(async move {
        let before = request.is_cancelled();
        request.cancelled().await;
        let _ = seen.send(!before && request.is_cancelled());
    });
    std::future::pending().await
}

#[tokio::test]
async fn a_spawned_task_sees_that_the_caller_has_gone() {
    let app = deploy(spawns::bind()).await.unwrap();
    let (tell, seen) = oneshot::channel();
    let tell = std::sync::Arc::new(std::sync::Mutex::new(Some(tell)));
    let handle = app.options(CallOptions::new().timeout(Duration::from_secs(1_000)));
    let mut call = Box::pin(handle.call(tell));
    assert!(waits(&mut call).await);
    for _ in 0..10 {
        tokio::task::yield_now().await; // lets it begin
    }
    drop(call);
    assert!(within(seen).await.unwrap());
}
