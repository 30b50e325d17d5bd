//! The ledger of an application, made when it is first needed.

use std::sync::{Arc, OnceLock};

use super::{Demand, Grant, Ledger, Machine, Wanted};
use crate::Result;

/// The machine is not detected for deployments that need nothing of it.
#[derive(Clone, Default)]
pub(crate) struct Resources(Arc<OnceLock<Ledger>>);

impl From<Option<Ledger>> for Resources {
    fn from(ledger: Option<Ledger>) -> Self {
        let resources = Resources::default();
        if let Some(ledger) = ledger {
            let _ = resources.0.set(ledger); // this cannot fail: it is empty
        }
        resources
    }
}

impl Resources {
    /// Takes the resources of every replica, before any is built.
    pub(crate) fn take_all(&self, wanted: &[Wanted]) -> Result<Vec<Vec<Grant>>> {
        if wanted.iter().all(Wanted::is_nothing) {
            return Ok(wanted.iter().map(Grant::nothing_for).collect());
        }
        self.ledger().take_all(wanted)
    }

    /// Takes the resources of one more replica.
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
