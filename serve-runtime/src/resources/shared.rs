//! The ledger of an application, which is there once somebody needs it.

use std::sync::{Arc, OnceLock};

use super::{Demand, Grant, Ledger, Machine, Wanted};
use crate::Result;

/// Nobody looks at the machine for those who need nothing of it.
#[derive(Clone, Default)]
pub(crate) struct Resources(Arc<OnceLock<Ledger>>);

impl From<Option<Ledger>> for Resources {
    fn from(ledger: Option<Ledger>) -> Self {
        let resources = Resources::default();
        if let Some(ledger) = ledger {
            let _ = resources.0.set(ledger); // it is empty
        }
        resources
    }
}

impl Resources {
    /// What every replica has of the machine, before any is built.
    pub(crate) fn take_all(&self, wanted: &[Wanted]) -> Result<Vec<Vec<Grant>>> {
        if wanted.iter().all(Wanted::is_nothing) {
            return Ok(wanted.iter().map(Grant::nothing_for).collect());
        }
        self.ledger().take_all(wanted)
    }

    /// What one more replica has.
    pub(crate) fn take(
        &self,
        deployment: &Arc<str>,
        replica: usize,
        demand: &Demand,
    ) -> Result<Grant> {
        let wanted = Wanted {
            deployment: Arc::clone(deployment),
            num_replicas: 1,
            demand: demand.clone(),
        };
        if wanted.is_nothing() {
            return Ok(Grant::nothing(deployment, replica));
        }
        self.ledger().take_one(&wanted, replica)
    }

    fn ledger(&self) -> &Ledger {
        self.0.get_or_init(|| Ledger::from(Machine::detect()))
    }
}
