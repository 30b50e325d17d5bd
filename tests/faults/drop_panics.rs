//! A `Drop` that panics: of an argument, of a result, of a replica.

use std::sync::{Arc, Mutex};
use std::thread::ThreadId;

use serve_runtime::prelude::*;

use crate::support::{Count, Stage, waits, within};

/// Panics when it is dropped, if it is armed.
pub struct Bomb(bool);

const ARMED: Bomb = Bomb(true);
const SAFE: Bomb = Bomb(false);

impl Drop for Bomb {
    fn drop(&mut self) {
        assert!(!self.0, "a bomb");
    }
}

#[deployment(max_queued_requests = 2)]
struct Thread {
    stage: Stage,
}

#[deployment]
impl Thread {
    fn new(stage: Stage, built: Count) -> Self {
        built.add();
        Thread { stage }
    }

    /// Returns the bomb.
    fn run(&self, bomb: Bomb) -> Bomb {
        self.stage.block();
        bomb
    }

    #[batch(max_batch_size = 8, batch_wait_timeout_s = 0)]
    fn batched(&self, bombs: Vec<Bomb>) -> Vec<Bomb> {
        self.stage.block();
        bombs
    }
}

/// A caller goes away while its call runs, or before: later calls are not affected.
macro_rules! other_calls_are_not_affected {
    ($test:ident, $method:ident) => {
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $test() {
            let (stage, built) = (Stage::new(), Count::new());
            let app = deploy(Thread::bind(stage.clone(), built.clone()))
                .await
                .unwrap();
            let mut made = Box::pin(app.$method(ARMED));
            assert!(waits(&mut made).await);
            stage.entered(1).await;
            let (mut gone, mut innocent) =
                (Box::pin(app.$method(ARMED)), Box::pin(app.$method(SAFE)));
            assert!(waits(&mut gone).await && waits(&mut innocent).await);
            drop((made, gone));
            stage.release(3);
            within(innocent).await.unwrap();
            within(app.$method(SAFE)).await.unwrap();
            assert_eq!(built.get(), 1, "the replica has done nothing wrong");
        }
    };
}

other_calls_are_not_affected!(a_bomb_in_a_call_affects_no_other_call, run);
other_calls_are_not_affected!(a_bomb_in_a_batch_affects_no_other_call, batched);

/// Its `Drop` panics if a call has panicked while it held the lock.
#[deployment(max_ongoing_requests = 4)]
struct InPlace {
    state: Mutex<u32>,
    built: Count,
    gone: Count,
    threads: Arc<Mutex<Vec<ThreadId>>>,
}

#[deployment]
impl InPlace {
    fn new(built: Count, gone: Count, threads: Arc<Mutex<Vec<ThreadId>>>) -> Self {
        built.add();
        let state = Mutex::new(0);
        InPlace {
            state,
            built,
            gone,
            threads,
        }
    }

    async fn poison(&self) {
        let _state = self.state.lock().unwrap();
        panic!("in the call");
    }

    async fn number(&self) -> usize {
        self.built.get()
    }
}

impl Drop for InPlace {
    fn drop(&mut self) {
        tokio::runtime::Handle::current(); // panics outside of it
        self.threads
            .lock()
            .unwrap()
            .push(std::thread::current().id());
        self.gone.add();
        let _state = self.state.lock().unwrap();
        assert_eq!(self.gone.get(), 1, "also without a lock");
    }
}

#[tokio::test]
async fn a_panic_in_a_replicas_drop_does_not_replace_the_error_of_its_call() {
    let (built, gone, threads) = (Count::new(), Count::new(), Default::default());
    let bound = InPlace::bind(built.clone(), gone.clone(), Arc::clone(&threads));
    let app = deploy(bound).await.unwrap();
    let error = within(app.poison()).await.unwrap_err();
    assert_eq!(error.message(), "panicked: in the call");
    gone.reaches(1).await;
    assert_eq!(within(app.number()).await.unwrap(), 2);
    within(Deployed::shutdown(app)).await;
    assert_eq!((built.get(), gone.get()), (2, 2));
    // A replica that is retired without a panic is dropped on another thread, as that may take long.
    assert_ne!(threads.lock().unwrap()[1], std::thread::current().id());
}
