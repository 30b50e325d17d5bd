use std::pin::pin;
use std::sync::Arc;

use futures_util::FutureExt;

use super::*;

/// A gate in front of something that takes so many calls at a time.
struct Limited {
    gate: Gate,
    max_waiting: u32,
    free: AtomicU32,
}

impl Limited {
    fn new(limit: u32, max_waiting: u32) -> Self {
        Limited {
            gate: Gate::new(),
            max_waiting,
            free: AtomicU32::new(limit),
        }
    }

    async fn enter(&self) -> Result<Running<'_>, Refused> {
        match self.gate.try_enter(|| self.take()) {
            Some(call) => Ok(call),
            None => {
                self.gate
                    .wait(self.max_waiting, || {}, || self.take())
                    .await
            }
        }
    }

    fn take(&self) -> Option<Running<'_>> {
        let one_less = |free: u32| free.checked_sub(1);
        let taken = self
            .free
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less);
        taken.ok().map(|_| Running(self))
    }
}

#[derive(Debug)]
struct Running<'a>(&'a Limited);

impl std::fmt::Debug for Limited {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Limited")
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.free.fetch_add(1, Ordering::SeqCst);
        self.0.gate.notify_room();
    }
}

#[tokio::test]
async fn one_waits_and_the_next_is_refused() {
    let limited = Limited::new(1, 1);
    let running = limited.enter().await.unwrap();
    let mut waiting = pin!(limited.enter());
    assert!(waiting.as_mut().now_or_never().is_none());
    assert_eq!(limited.enter().await.unwrap_err(), Refused::Full);
    drop(running);
    assert!(waiting.await.is_ok());
}

#[tokio::test]
async fn a_later_call_does_not_overtake() {
    let limited = Limited::new(1, 2);
    let running = limited.enter().await.unwrap();
    let mut first = pin!(limited.enter());
    let mut second = pin!(limited.enter());
    assert!(first.as_mut().now_or_never().is_none());
    assert!(second.as_mut().now_or_never().is_none());
    drop(running);
    assert!(second.as_mut().now_or_never().is_none());
    let running = first.now_or_never().unwrap().unwrap();
    drop(running);
    assert!(second.now_or_never().unwrap().is_ok());
}

#[tokio::test]
async fn a_dropped_call_gives_up_its_turn() {
    let limited = Limited::new(1, 2);
    let running = limited.enter().await.unwrap();
    let mut second = {
        let mut dropped = Box::pin(limited.enter());
        assert!(dropped.as_mut().now_or_never().is_none());
        let mut second = Box::pin(limited.enter());
        assert!(second.as_mut().now_or_never().is_none());
        drop(running); // wakes the head, which is dropped before it is polled
        second
    };
    assert!(second.as_mut().now_or_never().unwrap().is_ok());
    assert_eq!(limited.gate.waiting.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_closed_gate_refuses_every_call_in_line() {
    let limited = Limited::new(1, 2);
    let _running = limited.enter().await.unwrap();
    let mut first = pin!(limited.enter());
    let mut second = pin!(limited.enter());
    assert!(first.as_mut().now_or_never().is_none());
    assert!(second.as_mut().now_or_never().is_none());
    limited.gate.close();
    assert_eq!(first.await.unwrap_err(), Refused::Closed);
    assert_eq!(second.await.unwrap_err(), Refused::Closed);
}

#[tokio::test]
async fn a_woken_call_that_is_not_polled_is_skipped_the_second_time() {
    let limited = Limited::new(1, 2);
    let running = limited.enter().await.unwrap();
    let mut first = pin!(limited.enter());
    let mut second = pin!(limited.enter());
    assert!(first.as_mut().now_or_never().is_none());
    assert!(second.as_mut().now_or_never().is_none());
    drop(running);
    limited.gate.skip_unpolled();
    assert!(second.as_mut().now_or_never().is_none());
    limited.gate.skip_unpolled();
    let running = second.as_mut().now_or_never().unwrap().unwrap();
    assert_eq!(limited.gate.waiting(), 0);
    // In line again, and at its old place.
    assert!(first.as_mut().now_or_never().is_none());
    assert_eq!(limited.gate.waiting(), 1);
    drop(running);
    assert!(first.now_or_never().unwrap().is_ok());
    assert_eq!(limited.gate.waiting(), 0);
}

#[tokio::test]
async fn calls_that_nobody_polls_are_found_together() {
    let limited = Limited::new(1, u32::MAX);
    let running = limited.enter().await.unwrap();
    let mut calls: Vec<_> = (0..9).map(|_| Box::pin(limited.enter())).collect();
    for call in &mut calls {
        assert!(call.as_mut().now_or_never().is_none());
    }
    drop(running);
    (0..2).for_each(|_| assert!(!limited.gate.skip_unpolled()));
    assert_eq!(limited.gate.waiting(), 8);
    assert!(!limited.gate.skip_unpolled());
    assert!(limited.gate.skip_unpolled(), "the line is empty");
    assert!(limited.gate.wait_empty().now_or_never().is_some());
    for call in calls {
        assert!(call.now_or_never().unwrap().is_ok());
    }
}

#[tokio::test]
async fn calls_that_nothing_has_woken_are_not_skipped() {
    let limited = Limited::new(1, 2);
    let _running = limited.enter().await.unwrap();
    let mut call = pin!(limited.enter());
    assert!(call.as_mut().now_or_never().is_none());
    (0..9).for_each(|_| assert!(!limited.gate.skip_unpolled()));
    assert_eq!(limited.gate.waiting(), 1);
}

#[tokio::test]
async fn a_skipped_call_that_is_polled_or_dropped_after_the_end_counts_once() {
    let limited = Limited::new(1, 2);
    let running = limited.enter().await.unwrap();
    let mut polled = Box::pin(limited.enter());
    let mut dropped = Box::pin(limited.enter());
    assert!(polled.as_mut().now_or_never().is_none());
    assert!(dropped.as_mut().now_or_never().is_none());
    drop(running);
    let skips = [(); 4].map(|()| limited.gate.skip_unpolled());
    assert_eq!(skips, [false, false, false, true]);
    drop(dropped);
    assert_eq!(limited.gate.waiting(), 0);
    limited.gate.close();
    let refused = polled.as_mut().now_or_never().unwrap();
    assert_eq!(refused.unwrap_err(), Refused::Closed);
    drop(polled);
    assert_eq!(limited.gate.waiting(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_call_is_forgotten_and_there_are_never_too_many() {
    let limited = Arc::new(Limited::new(3, u32::MAX));
    let running = Arc::new(AtomicU32::new(0));
    let calls: Vec<_> = (0..2_000)
        .map(|_| {
            let (limited, running) = (Arc::clone(&limited), Arc::clone(&running));
            tokio::spawn(async move {
                let _call = limited.enter().await.unwrap();
                assert!(running.fetch_add(1, Ordering::SeqCst) < 3);
                tokio::task::yield_now().await;
                running.fetch_sub(1, Ordering::SeqCst);
            })
        })
        .collect();
    for call in calls {
        call.await.unwrap();
    }
    assert_eq!(limited.free.load(Ordering::SeqCst), 3);
}
