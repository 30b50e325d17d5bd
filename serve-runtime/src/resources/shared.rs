//! What an application has of the machine. The ledger is made when it is first needed.

use std::sync::{Arc, Mutex, OnceLock, Weak};

use super::ledger::Leased;
use super::{Demand, Grant, Ledger, Machine, Wanted};
use crate::Result;
use crate::util::lock;

/// The ledger of one application or several. The machine is not detected for deployments that need nothing of it.
#[derive(Clone, Default)]
pub(crate) struct LazyLedger(Arc<OnceLock<Ledger>>);

/// What an application has of the machine.
#[derive(Clone, Default)]
pub(crate) struct Resources(Arc<Shared>);

#[derive(Default)]
struct Shared {
    ledger: LazyLedger,
    /// What the replicas of the application hold; some of them may have ended.
    leased: Mutex<Vec<Weak<Leased>>>,
}

impl From<Option<Ledger>> for LazyLedger {
    fn from(ledger: Option<Ledger>) -> Self {
        LazyLedger(Arc::new(ledger.map_or_else(OnceLock::new, OnceLock::from)))
    }
}

impl LazyLedger {
    fn get(&self) -> &Ledger {
        self.0.get_or_init(|| Ledger::from(Machine::detect()))
    }
}

impl From<LazyLedger> for Resources {
    fn from(ledger: LazyLedger) -> Self {
        Resources(Arc::new(Shared {
            ledger,
            leased: Mutex::default(),
        }))
    }
}

impl Resources {
    /// Takes the resources of every replica, before any is built.
    pub(crate) fn take_all(&self, wanted: &[Wanted]) -> Result<Vec<Vec<Grant>>> {
        if wanted.iter().all(Wanted::is_nothing) {
            return Ok(wanted.iter().map(Grant::nothing_for).collect());
        }
        let grants = self.ledger().take_all(wanted)?;
        grants.iter().flatten().for_each(|grant| self.list(grant));
        Ok(grants)
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
        let grant = self.ledger().take_one(&wanted, replica)?;
        self.list(&grant);
        Ok(grant)
    }

    /// Whether the application could have all these replicas in place of those that it has.
    ///
    /// # Errors
    ///
    /// With the arithmetic of every resource that does not fit.
    #[cfg(feature = "config")]
    pub(crate) fn check(&self, wanted: &[Wanted]) -> Result<()> {
        self.check_in_place_of(wanted, |_| true)
    }

    /// The same for one of its deployments, while the others stay as they are.
    ///
    /// # Errors
    ///
    /// With the arithmetic of every resource that does not fit.
    pub(crate) fn check_one(&self, wanted: &Wanted) -> Result<()> {
        let is_of_it = |leased: &Leased| leased.deployment == wanted.deployment;
        self.check_in_place_of(std::slice::from_ref(wanted), is_of_it)
    }

    fn check_in_place_of(
        &self,
        wanted: &[Wanted],
        is_replaced: impl Fn(&Leased) -> bool,
    ) -> Result<()> {
        if wanted.iter().all(Wanted::is_nothing) {
            return Ok(());
        }
        let leased: Vec<_> = {
            let leased = lock(&self.0.leased);
            let leased = leased.iter().filter_map(Weak::upgrade);
            leased.filter(|leased| is_replaced(leased)).collect()
        };
        self.ledger().check(wanted, &leased)
    }

    fn list(&self, grant: &Grant) {
        if let Some(taken) = grant.leased() {
            let mut leased = lock(&self.0.leased);
            leased.retain(|taken| taken.strong_count() > 0);
            leased.push(Arc::downgrade(taken));
        }
    }

    fn ledger(&self) -> &Ledger {
        self.0.ledger.get()
    }
}
