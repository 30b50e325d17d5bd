//! Calls and health checks that never return.

use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use serve_runtime::ErrorKind;
use serve_runtime::prelude::*;

use crate::support::{Count, is_pending_for, within};

/// Blocks for ever on request: a thread, not a task, so that only the end of the test ends it.
#[derive(Clone)]
struct Trap {
    built: Count,
    caught: Count,
    /// Counts trapped calls that have noticed that their caller has gone.
    noticed: Count,
    hold: Arc<Mutex<mpsc::Receiver<()>>>,
}

impl Trap {
    /// Returns the trap, and a sender that opens it when it is dropped.
    fn new() -> (Self, mpsc::Sender<()>) {
        let (open, hold) = mpsc::channel();
        let trap = Trap {
            built: Count::new(),
            caught: Count::new(),
            noticed: Count::new(),
            hold: Arc::new(Mutex::new(hold)),
        };
        (trap, open)
    }

    fn fall_in(&self) {
        self.caught.add();
        let _ = self
            .hold
            .lock()
            .unwrap_or_else(|hold| hold.into_inner())
            .recv();
        if Request::current().is_cancelled() {
            self.noticed.add();
        }
    }
}

#[deployment(health_check_period_s = 0.005, health_check_timeout_s = 0.05)]
struct Computing {
    trap: Trap,
    number: usize,
}

#[deployment]
impl Computing {
    fn new(trap: Trap) -> Self {
        let number = trap.built.add();
        Computing { trap, number }
    }

    fn run(&self, fatal: bool) -> usize {
        if fatal {
            self.trap.fall_in();
        }
        self.number
    }

    #[batch(max_batch_size = 4, batch_wait_timeout_s = 0)]
    fn batched(&self, fatal: Vec<bool>) -> Vec<usize> {
        if fatal.contains(&true) {
            self.trap.fall_in();
        }
        vec![self.number; fatal.len()]
    }

    fn check_health(&self) {}
}

macro_rules! a_call_that_never_returns {
    ($test:ident, $method:ident) => {
        #[tokio::test]
        async fn $test() {
            let (trap, open) = Trap::new();
            let app = deploy(Computing::bind(trap.clone())).await.unwrap();
            let handle = Deployed::handle(&app).clone();
            let hung = tokio::spawn(async move { handle.$method(true).await });
            trap.caught.reaches(1).await;

            // Its replica does not answer three checks: it is given up, and its caller gets an error.
            let error = within(hung).await.unwrap().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unavailable);
            assert!(error.to_string().contains("given up"), "{error}");
            // Later calls are answered by its successor.
            assert_eq!(within(app.$method(false)).await.unwrap(), 1);
            assert_eq!(trap.built.get(), 2);

            drop(open);
            trap.noticed.reaches(1).await;
            assert_eq!(within(app.$method(false)).await.unwrap(), 1);
        }
    };
}

a_call_that_never_returns!(a_call_that_never_returns_is_answered, run);
a_call_that_never_returns!(a_batch_that_never_returns_is_answered, batched);

#[tokio::test]
async fn calls_that_wait_behind_one_that_never_returns_are_answered_by_the_next_replica() {
    let (trap, _open) = Trap::new();
    let app = Arc::new(deploy(Computing::bind(trap.clone())).await.unwrap());
    let call = |fatal| {
        let app = Arc::clone(&app);
        tokio::spawn(async move { app.run(fatal).await })
    };
    let hung = call(true);
    trap.caught.reaches(1).await;
    let waiting: Vec<_> = (0..20).map(|_| call(false)).collect();
    within(hung).await.unwrap().unwrap_err();
    for call in waiting {
        assert_eq!(within(call).await.unwrap().unwrap(), 1);
    }
}

#[tokio::test]
async fn scaling_down_gives_up_a_call_that_does_not_end_in_time() {
    let (trap, _open) = Trap::new();
    let bound = Computing::bind(trap.clone()).graceful_shutdown_timeout(Duration::from_millis(10));
    let app = deploy(bound).await.unwrap();
    let handle = Deployed::handle(&app).clone();
    let hung = tokio::spawn(async move { handle.run(true).await });
    trap.caught.reaches(1).await;
    let control = Deployed::control(&app)
        .deployment::<Computing>("Computing")
        .unwrap();
    within(control.scale(0)).await.unwrap();
    within(hung).await.unwrap().unwrap_err();
}

/// A call may take until its request's deadline.
#[tokio::test]
async fn a_call_does_not_count_as_hanging_before_its_deadline() {
    let (trap, open) = Trap::new();
    let app = deploy(Computing::bind(trap.clone())).await.unwrap();
    let handle = Deployed::handle(&app)
        .clone()
        .options(CallOptions::new().timeout(Duration::from_secs(1000)));
    let mut slow = tokio::spawn(async move { handle.run(true).await });
    trap.caught.reaches(1).await;
    // Far longer than the timeout of three checks.
    assert!(is_pending_for(Duration::from_secs(10), &mut slow).await);
    drop(open);
    assert_eq!(within(slow).await.unwrap().unwrap(), 0);
    assert_eq!(trap.built.get(), 1);
}

#[tokio::test]
async fn a_call_that_never_returns_is_given_up_after_its_deadline() {
    let (trap, _open) = Trap::new();
    let app = deploy(Computing::bind(trap.clone())).await.unwrap();
    let handle = Deployed::handle(&app)
        .clone()
        .options(CallOptions::new().timeout(Duration::from_millis(50)));
    let hung = tokio::spawn(async move { handle.run(true).await });
    within(hung).await.unwrap().unwrap_err();
    assert_eq!(within(app.run(false)).await.unwrap(), 1);
}
