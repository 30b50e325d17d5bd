//! Requests that begin and end while the application is shut down.

use std::sync::atomic::{AtomicUsize as Plain, Ordering::SeqCst};

use loom::future::block_on;
use loom::sync::Arc;
use loom::thread;

use super::check;
use crate::in_flight::InFlight;
use crate::sync::atomic::AtomicBool;

/// Once `drain` is over none is under way, and none begins any more.
pub fn none_is_under_way_after_the_drain() {
    check(3, || {
        let (counted, drained) = (Arc::new(InFlight::new()), Arc::new(AtomicBool::new(false)));
        let requests = [(); 2].map(|()| {
            let (counted, drained) = (Arc::clone(&counted), Arc::clone(&drained));
            thread::spawn(move || {
                if let Some(_ongoing) = counted.begin() {
                    assert!(!drained.load(SeqCst), "deployments are gone");
                }
            })
        });
        block_on(counted.drain());
        drained.store(true, SeqCst);
        assert!(counted.begin().is_none());
        requests
            .into_iter()
            .for_each(|request| request.join().unwrap());
    });
}

/// A limit that is set while it closes does not open it again.
pub fn a_limit_does_not_open_what_is_closed() {
    check(3, || {
        let counted = Arc::new(InFlight::new());
        let setting = thread::spawn({
            let counted = Arc::clone(&counted);
            move || counted.set_limit(|| 7)
        });
        block_on(counted.drain());
        setting.join().unwrap();
        assert!(counted.begin().is_none());
    });
}

/// Nor does it for a moment, while the drain ends.
pub fn none_begins_after_the_drain_whatever_sets_the_limit() {
    check(3, || {
        let (counted, drained) = (Arc::new(InFlight::new()), Arc::new(AtomicBool::new(false)));
        let setting = thread::spawn({
            let counted = Arc::clone(&counted);
            move || counted.set_limit(|| 7)
        });
        let request = thread::spawn({
            let (counted, drained) = (Arc::clone(&counted), Arc::clone(&drained));
            move || {
                if let Some(_ongoing) = counted.begin() {
                    assert!(!drained.load(SeqCst), "deployments are gone");
                }
            }
        });
        block_on(counted.drain());
        drained.store(true, SeqCst);
        setting.join().unwrap();
        request.join().unwrap();
    });
}

/// Two that change what the limit is derived from: the limit knows of both in the end.
pub fn the_limit_knows_of_all_changes() {
    check(3, || {
        let counted = Arc::new(InFlight::new());
        // loom is not asked about these: they are only ever read in `set_limit`.
        let shares = std::sync::Arc::new([Plain::new(9), Plain::new(9)]);
        let change = |which: usize, to: usize| {
            let (counted, shares) = (Arc::clone(&counted), std::sync::Arc::clone(&shares));
            thread::spawn(move || {
                shares[which].store(to, SeqCst);
                counted.set_limit(|| {
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
        let first = counted.begin();
        assert!(
            first.is_some() && counted.begin().is_none(),
            "the limit is 1"
        );
    });
}

/// One that is refused takes nobody's place, not even for a moment: who is refused has another one beside it.
pub fn only_those_under_way_have_others_refused() {
    check(3, || {
        let counted = Arc::new(InFlight::new());
        counted.set_limit(|| 1);
        let first = counted.begin();
        assert!(first.is_some());
        let other = thread::spawn({
            let counted = Arc::clone(&counted);
            move || counted.begin().map(|ongoing| ongoing.leak()).is_some()
        });
        drop(first);
        let is_refused = counted.begin().is_none();
        let other_goes_on = other.join().unwrap();
        assert!(!is_refused || other_goes_on, "nobody was under way");
    });
}

/// There are never more under way than may be.
pub fn a_limit_is_strict() {
    check(3, || {
        let counted = Arc::new(InFlight::new());
        counted.set_limit(|| 1);
        let inside = std::sync::Arc::new(Plain::new(0));
        let requests = [(); 2].map(|()| {
            let (counted, inside) = (Arc::clone(&counted), std::sync::Arc::clone(&inside));
            thread::spawn(move || {
                if let Some(_ongoing) = counted.begin() {
                    assert_eq!(inside.fetch_add(1, SeqCst), 0);
                    thread::yield_now();
                    inside.fetch_sub(1, SeqCst);
                }
            })
        });
        requests
            .into_iter()
            .for_each(|request| request.join().unwrap());
        assert!(counted.begin().is_some(), "places have come back");
    });
}
