//! Tells of an `async fn` that keeps its thread for long, as all that the thread polls besides has to wait for it.
//!
//! To read a clock twice for each poll would cost more than most calls do. So there is a coarse clock, which a thread of
//! its own advances - a task would wait behind the very poll that it is to notice - and a poll reads a number in memory
//! before and after: that costs two loads. It is told when the poll has ended.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, Weak};
use std::task::{Context, Poll};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use pin_project_lite::pin_project;

use crate::panics::{Isolate, isolate};
use crate::util::lock;

/// How often the clock is advanced.
const TICK: Duration = Duration::from_millis(500);
/// A poll during which it was advanced so often has taken more than a second. That is far longer than a poll should
/// take, which is microseconds: a busy machine is not told of.
const TICKS: u32 = 3;

/// The polls of the calls of one deployment.
#[derive(Debug, Default)]
pub(crate) struct Polls {
    now: AtomicU32,
    deployment: OnceLock<Arc<str>>,
    /// Once is enough: it is a mistake in the program.
    told: AtomicBool,
}

impl Polls {
    #[inline]
    fn now(&self) -> u32 {
        self.now.load(Ordering::Relaxed)
    }

    fn advance(&self) {
        self.now.fetch_add(1, Ordering::Relaxed);
    }

    /// A poll of that method took so many ticks.
    #[cold]
    #[inline(never)]
    fn long(&self, method: &str, ticks: u32) {
        // A call in place that it has made itself, in the same poll, is told of already.
        let inner = BLAMED.replace(Some(Instant::now()));
        if inner.is_some_and(|inner| inner.elapsed() < TICK)
            || self.told.swap(true, Ordering::Relaxed)
        {
            return;
        }
        let deployment = self.deployment.get().map_or("-", |name| name);
        let at_least = (TICK * (ticks - 1)).as_secs_f64();
        tracing::warn!(
            %deployment, method,
            "an `async fn` kept its thread for more than {at_least:.1} s without an `.await` that waits: meanwhile \
             other requests could not continue there\n\
             help: make it a `fn`, which runs on a thread of its replica's own, or call what blocks in \
             `tokio::task::spawn_blocking`"
        );
    }
}

thread_local! {
    /// When a poll on this thread was last found to be long.
    static BLAMED: Cell<Option<Instant>> = const { Cell::new(None) };
}

pin_project! {
    /// A call whose polls are watched, and whose panics are caught.
    pub struct Watched<'p, F, N> {
        #[pin]
        call: Isolate<F>,
        polls: &'p Polls,
        method: N,
    }
}

/// Watches the polls of a call of that method: a function without a size, so that the call is not larger for it.
#[inline]
pub(super) fn watched<F: Future, N>(polls: &Polls, method: N, call: F) -> Watched<'_, F, N> {
    let call = isolate(call);
    Watched {
        call,
        polls,
        method,
    }
}

impl<F: Future, N: Fn() -> &'static str> Future for Watched<'_, F, N> {
    type Output = <Isolate<F> as Future>::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let begun = this.polls.now();
        let polled = this.call.poll(cx);
        let ticks = this.polls.now().wrapping_sub(begun);
        if ticks >= TICKS {
            this.polls.long((this.method)(), ticks);
        }
        polled
    }
}

/// What a thread advances, which is started with the first of them.
#[derive(Debug, Default)]
pub(crate) struct Clocks {
    all: Mutex<Vec<Weak<Polls>>>,
    /// `None` where the machine has no more threads: then nothing is told.
    thread: OnceLock<Option<Thread>>,
    ended: AtomicBool,
}

impl Clocks {
    /// Advances the clock of a deployment from now on.
    pub(super) fn add(self: &Arc<Self>, polls: &Arc<Polls>, deployment: &Arc<str>) {
        self.add_every(TICK, polls, deployment);
    }

    fn add_every(self: &Arc<Self>, tick: Duration, polls: &Arc<Polls>, deployment: &Arc<str>) {
        let _ = polls.deployment.set(Arc::clone(deployment)); // an engine is deployed at most once
        lock(&self.all).push(Arc::downgrade(polls));
        self.thread.get_or_init(|| {
            let clocks = Arc::clone(self);
            let thread = thread::Builder::new().name("polls".to_owned());
            let thread = thread.spawn(move || clocks.run(tick)).ok();
            thread.map(|handle| handle.thread().clone())
        });
    }

    fn run(&self, tick: Duration) {
        loop {
            thread::park_timeout(tick);
            if self.ended.load(Ordering::Acquire) {
                return;
            }
            lock(&self.all)
                .retain(|polls| polls.upgrade().inspect(|polls| polls.advance()).is_some());
        }
    }
}

/// Has the clocks of an application's deployments advanced until it is dropped.
#[derive(Debug, Default)]
pub(crate) struct Ticker(Arc<Clocks>);

impl Ticker {
    pub(crate) fn clocks(&self) -> &Arc<Clocks> {
        &self.0
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.0.ended.store(true, Ordering::Release);
        if let Some(Some(thread)) = self.0.thread.get() {
            thread.unpark();
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;
    use crate::controller::Warnings;

    /// A call during which the clock is advanced that often.
    fn call(polls: &Polls, method: &'static str, ticks: u32) {
        let blocks = async { (0..ticks).for_each(|_| polls.advance()) };
        let called = watched(polls, || method, blocks).now_or_never();
        called.unwrap().unwrap();
    }

    fn polls() -> Polls {
        let polls = Polls::default();
        polls.deployment.set("model".into()).unwrap();
        polls
    }

    #[test]
    fn a_method_that_keeps_its_thread_is_told_of_once() {
        let (polls, warnings) = (polls(), Warnings::default());
        let _log = tracing::subscriber::set_default(warnings.clone());
        (0..9).for_each(|_| call(&polls, "quick", TICKS - 1));
        assert_eq!(warnings.since(), [""; 0]);
        (0..9).for_each(|_| call(&polls, "slow", TICKS));
        assert_eq!(warnings.since(), ["deployment=model method=\"slow\" "]);
    }

    #[test]
    fn of_calls_in_a_poll_the_inner_one_is_told_of() {
        let (outer, inner, warnings) = (polls(), polls(), Warnings::default());
        let _log = tracing::subscriber::set_default(warnings.clone());
        let calls = async {
            call(&inner, "inner", TICKS);
            (0..TICKS).for_each(|_| outer.advance());
        };
        let called = watched(&outer, || "outer", calls).now_or_never();
        called.unwrap().unwrap();
        assert_eq!(warnings.since(), ["deployment=model method=\"inner\" "]);
    }

    #[test]
    fn a_thread_advances_the_clocks_until_the_application_ends() {
        let (ticker, polls) = (Ticker::default(), Arc::<Polls>::default());
        let tick = Duration::from_millis(1);
        ticker.clocks().add_every(tick, &polls, &"model".into());
        while polls.now() < TICKS {
            thread::yield_now();
        }
        let clocks = Arc::clone(ticker.clocks());
        drop(ticker);
        while Arc::strong_count(&clocks) > 1 {
            thread::yield_now();
        }
    }
}
