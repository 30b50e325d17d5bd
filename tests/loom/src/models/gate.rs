//! Calls in line for places that come back.

use loom::future::block_on;
use loom::sync::Arc;
use loom::thread;

use super::check;
use crate::gate::{Gate, Refused};
use crate::places::Places;

/// A gate in front of a replica.
struct House {
    gate: Gate,
    places: Places,
    limit: u32,
}

impl House {
    fn new(limit: u32) -> Arc<Self> {
        Arc::new(House {
            gate: Gate::new(),
            places: Places::new(),
            limit,
        })
    }

    fn take(&self) -> Option<()> {
        self.places.take(self.limit).then_some(())
    }

    fn leave(&self) {
        self.places.give_back();
        self.gate.left();
    }

    fn enter(&self) -> Result<(), Refused> {
        match self.gate.try_enter(|| self.take()) {
            Some(()) => Ok(()),
            None => block_on(self.gate.wait(u32::MAX, || self.take())),
        }
    }
}

/// Whoever waits is let in: a model in which somebody is forgotten does not end, which loom reports.
pub fn nobody_in_line_is_forgotten() {
    check(2, || {
        let house = House::new(1);
        let guests = [(); 2].map(|()| {
            let house = Arc::clone(&house);
            thread::spawn(move || {
                house.enter().unwrap();
                house.leave();
            })
        });
        house.enter().unwrap();
        house.leave();
        guests.into_iter().for_each(|guest| guest.join().unwrap());
        assert_eq!((house.take(), house.gate.waiting()), (Some(()), 0));
        block_on(house.gate.emptied());
    });
}

/// A gate that closes sends away who waits, also one that just comes to wait.
pub fn a_gate_that_closes_leaves_nobody_in_line() {
    check(2, || {
        let house = House::new(0);
        let guests = [(); 2].map(|()| {
            let house = Arc::clone(&house);
            thread::spawn(move || assert_eq!(house.enter(), Err(Refused::Closed)))
        });
        house.gate.close();
        block_on(house.gate.emptied());
        guests.into_iter().for_each(|guest| guest.join().unwrap());
        assert_eq!(house.gate.waiting(), 0);
    });
}
