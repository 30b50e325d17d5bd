//! No replicas at all.

use crate::engine::{Engine, FakeSlot, Fakeable, UNLIMITED_WIDTH};

/// The engine of a stateless `async fn` without a limit: a call of it is a plain call.
pub struct Bare {
    fake: FakeSlot,
}

impl Fakeable for Bare {
    fn fake_slot(&self) -> &FakeSlot {
        &self.fake
    }
}

impl Engine for Bare {
    const REPLICATED: bool = false;

    fn new() -> Self {
        Bare {
            fake: FakeSlot::default(),
        }
    }

    fn width(&self, _batch: usize) -> usize {
        UNLIMITED_WIDTH
    }
}
