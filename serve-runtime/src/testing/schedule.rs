//! Orders of completion: which node's call is polled, and which has to wait.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::task::Context;

use crate::Result;
use crate::executor::node::Node;
use crate::executor::progress::{At, Progress, Watch};
use crate::executor::turns::Turns;
use crate::request::deadline::RequestClock;

tokio::task_local! {
    static CURRENT: Arc<Schedule>;
}

/// The maximum number of calls that are delayed in a row without any of them ending. After that, the remaining
/// calls wait for something outside the request, and the clock has to advance.
const PATIENCE: u32 = 64;

/// Delays calls according to a seed. Atomic only because requests are `Send`: one thread uses it.
#[derive(Debug)]
pub(super) struct Schedule {
    seed: u64,
    random: AtomicU64,
    patience: AtomicU32,
}

impl Schedule {
    pub(super) fn new(seed: u64) -> Self {
        Schedule {
            seed,
            random: AtomicU64::new(seed),
            patience: AtomicU32::new(PATIENCE),
        }
    }

    /// Runs a future whose requests follow this schedule.
    pub(super) async fn scope<F: Future>(self, future: F) -> F::Output {
        CURRENT.scope(Arc::new(self), future).await
    }

    /// Whether a node's call has to wait, although it could run.
    fn postpones(&self, node: usize) -> bool {
        let patience = self.patience.load(Ordering::Relaxed);
        if patience == 0 {
            return false;
        }
        let random = mix(self.random.fetch_add(GOLDEN, Ordering::Relaxed));
        // Nodes have different speeds, so that each of them is far behind the others with some seed.
        let postponed = match mix(self.seed ^ mix(node as u64)) % 4 {
            0 => false,
            1 => random.is_multiple_of(2),
            2 => !random.is_multiple_of(4),
            _ => !random.is_multiple_of(16),
        };
        if postponed {
            self.patience.store(patience - 1, Ordering::Relaxed);
        }
        postponed
    }

    fn completed(&self) {
        self.patience.store(PATIENCE, Ordering::Relaxed);
    }
}

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// The finalizer of SplitMix64.
fn mix(mut z: u64) -> u64 {
    z = z.wrapping_add(GOLDEN);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Watches the execution of a request, and delays its calls if there is a schedule to follow.
#[allow(missing_debug_implementations)] // only for generated code
pub struct Postponing {
    progress: Progress,
    schedule: Option<Arc<Schedule>>,
}

impl Postponing {
    pub(crate) fn with_clock(clock: Option<Box<RequestClock>>) -> Self {
        Postponing {
            progress: Progress::with_clock(clock),
            schedule: CURRENT.try_with(Arc::clone).ok(),
        }
    }

    pub(crate) fn node(&self) -> usize {
        self.progress.node()
    }

    pub(crate) fn clock(&self) -> Option<&RequestClock> {
        self.progress.clock()
    }

    pub(crate) fn waits_at(&self) -> Option<usize> {
        self.progress.waits_at()
    }

    pub(crate) fn answered(&self) {
        self.progress.answered();
    }
}

impl Watch for Postponing {
    fn at(&self, node: usize) -> At<'_> {
        self.progress.at(node)
    }

    fn poll<F, T>(
        &self,
        node: usize,
        call: Pin<&mut Node<F>>,
        turns: &Turns,
        cx: &mut Context<'_>,
    ) -> Option<Result<T>>
    where
        F: Future<Output = Result<T>>,
    {
        let Some(schedule) = &self.schedule else {
            return self.progress.poll(node, call, turns, cx);
        };
        if !call.is_in_flight() {
            return None;
        }
        if schedule.postpones(node) {
            cx.waker().wake_by_ref();
            return None;
        }
        let output = self.progress.poll(node, call, turns, cx);
        if output.is_some() {
            schedule.completed();
        }
        output
    }
}
