//! No replicas at all.

use std::sync::Arc;

use super::{Engine, FakeSlot, Fakeable, Plan, UNLIMITED_WIDTH};
use crate::Result;

/// The engine of a stateless `async fn` without a limit: a call of it is a plain call.
pub struct Bare {
    fake: FakeSlot,
}

impl Fakeable for Bare {
    fn fake(&self) -> &FakeSlot {
        &self.fake
    }
}

impl<D: 'static> Engine<D> for Bare {
    fn new() -> Self {
        Bare {
            fake: FakeSlot::default(),
        }
    }

    async fn start(self: &Arc<Self>, _plan: Plan<D>) -> Result<()> {
        Ok(())
    }

    async fn drain(&self) {}

    fn stop(&self) {}

    fn health(&self) -> Result<()> {
        Ok(())
    }

    fn width(&self, _batch: usize) -> usize {
        UNLIMITED_WIDTH
    }
}
