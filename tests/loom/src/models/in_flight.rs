//! Requests that begin and end while the application is shut down.

use std::sync::atomic::{AtomicUsize as Plain, Ordering::SeqCst};

use loom::future::block_on;
use loom::sync::Arc;
use loom::thread;

use super::check;
use crate::in_flight::InFlight;
use crate::sync::atomic::AtomicBool;

/// After `drain` no request is in flight, and none begins.
pub fn none_is_in_flight_after_the_drain() {
    check(3, || {
        let (in_flight, drained) = (
            Arc::new(InFlight::new(usize::MAX)),
            Arc::new(AtomicBool::new(false)),
        );
        let requests = [(); 2].map(|()| {
            let (in_flight, drained) = (Arc::clone(&in_flight), Arc::clone(&drained));
            thread::spawn(move || {
                if let Some(_guard) = in_flight.begin() {
                    assert!(!drained.load(SeqCst), "deployments are gone");
                }
            })
        });
        block_on(in_flight.drain());
        drained.store(true, SeqCst);
        assert!(in_flight.begin().is_none());
        requests
            .into_iter()
            .for_each(|request| request.join().unwrap());
    });
}

/// Setting a limit during the close does not open it again.
pub fn setting_a_limit_does_not_reopen() {
    check(3, || {
        let in_flight = Arc::new(InFlight::new(usize::MAX));
        let setting = thread::spawn({
            let in_flight = Arc::clone(&in_flight);
            move || in_flight.set_limit(|| 7)
        });
        block_on(in_flight.drain());
        setting.join().unwrap();
        assert!(in_flight.begin().is_none());
    });
}

/// Setting a limit does not open it for a moment either, while the drain ends.
pub fn none_begins_after_the_drain_whatever_sets_the_limit() {
    check(3, || {
        let (in_flight, drained) = (
            Arc::new(InFlight::new(usize::MAX)),
            Arc::new(AtomicBool::new(false)),
        );
        let setting = thread::spawn({
            let in_flight = Arc::clone(&in_flight);
            move || in_flight.set_limit(|| 7)
        });
        let request = thread::spawn({
            let (in_flight, drained) = (Arc::clone(&in_flight), Arc::clone(&drained));
            move || {
                if let Some(_guard) = in_flight.begin() {
                    assert!(!drained.load(SeqCst), "deployments are gone");
                }
            }
        });
        block_on(in_flight.drain());
        drained.store(true, SeqCst);
        setting.join().unwrap();
        request.join().unwrap();
    });
}

/// Two threads change the inputs of the limit: in the end the limit reflects both.
pub fn the_limit_reflects_all_changes() {
    check(3, || {
        let in_flight = Arc::new(InFlight::new(usize::MAX));
        // Not loom's: they are only read in `set_limit`.
        let shares = std::sync::Arc::new([Plain::new(9), Plain::new(9)]);
        let change = |which: usize, to: usize| {
            let (in_flight, shares) = (Arc::clone(&in_flight), std::sync::Arc::clone(&shares));
            thread::spawn(move || {
                shares[which].store(to, SeqCst);
                in_flight.set_limit(|| {
                    let limit = shares.iter().map(|share| share.load(SeqCst)).min();
                    thread::yield_now();
                    limit.unwrap_or_default()
                });
            })
        };
        let changes = [change(0, 2), change(1, 1)];
        changes
            .into_iter()
            .for_each(|change| change.join().unwrap());
        let first = in_flight.begin();
        assert!(
            first.is_some() && in_flight.begin().is_none(),
            "the limit is 1"
        );
    });
}

/// A refused request takes no place, not even for a moment: a request is only refused while another is in flight.
pub fn a_request_is_refused_only_while_another_is_in_flight() {
    check(3, || {
        let in_flight = Arc::new(InFlight::new(usize::MAX));
        in_flight.set_limit(|| 1);
        let first = in_flight.begin();
        assert!(first.is_some());
        let other = thread::spawn({
            let in_flight = Arc::clone(&in_flight);
            move || in_flight.begin().map(|guard| guard.leak()).is_some()
        });
        drop(first);
        let is_refused = in_flight.begin().is_none();
        let other_continues = other.join().unwrap();
        assert!(!is_refused || other_continues, "no request was in flight");
    });
}

/// There are never more requests in flight than the limit.
pub fn a_limit_is_strict() {
    check(3, || {
        let in_flight = Arc::new(InFlight::new(usize::MAX));
        in_flight.set_limit(|| 1);
        let inside = std::sync::Arc::new(Plain::new(0));
        let requests = [(); 2].map(|()| {
            let (in_flight, inside) = (Arc::clone(&in_flight), std::sync::Arc::clone(&inside));
            thread::spawn(move || {
                if let Some(_guard) = in_flight.begin() {
                    assert_eq!(inside.fetch_add(1, SeqCst), 0);
                    thread::yield_now();
                    inside.fetch_sub(1, SeqCst);
                }
            })
        });
        requests
            .into_iter()
            .for_each(|request| request.join().unwrap());
        assert!(in_flight.begin().is_some(), "the places are free again");
    });
}
