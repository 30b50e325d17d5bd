//! The ledger: which replica has which resources.

use std::cmp::Reverse;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use super::amount::Amounts;
use super::context::{Allotment, ReplicaContext};
use super::demand::{Demand, Wanted};
use super::devices::{Cores, GpuShare, Gpus};
use super::{Machine, refusal};
use crate::util::lock;
use crate::{Error, Result};

/// A [`Machine`] and the part of it that is taken. A replica's resources are taken before it is built, and
/// given back when it is dropped.
///
/// Every [`deploy`](crate::deploy) makes a ledger of its own. Applications that share a machine in one
/// process share a ledger, which is cheap to clone:
///
/// ```
/// use serve_runtime::prelude::*;
/// use serve_runtime::{Ledger, Machine, deploy_on};
///
/// #[deployment(resources = [("license", 1)])]
/// async fn convert(text: String) -> String {
///     text.to_uppercase()
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// let ledger = Ledger::from(Machine::detect().resources([("license", 1.0)]));
/// let first = deploy_on(ledger.clone(), convert::bind()).await?;
/// let second = deploy_on(ledger.clone(), convert::bind()).await;
/// assert!(second.is_err()); // there is one license
///
/// Deployed::shutdown(first).await;
/// deploy_on(ledger, convert::bind()).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Ledger(Arc<Shared>);

struct Shared {
    machine: Machine,
    free: Mutex<Free>,
}

#[derive(Clone)]
pub(super) struct Free {
    pub(super) amounts: Amounts,
    pub(super) gpus: Gpus,
    cores: Cores,
}

impl From<Machine> for Ledger {
    fn from(machine: Machine) -> Self {
        let free = Free {
            amounts: machine.amounts(),
            gpus: Gpus::new(machine.gpu_names().len()),
            cores: Cores::new(machine.core_numbers()),
        };
        Ledger(Arc::new(Shared {
            machine,
            free: Mutex::new(free),
        }))
    }
}

impl std::fmt::Debug for Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Ledger").field(&self.0.machine).finish()
    }
}

impl Ledger {
    /// Takes the resources of all replicas of these deployments, or none.
    ///
    /// # Errors
    ///
    /// An `InvalidInput` with the arithmetic of every resource that does not fit.
    pub(crate) fn take_all(&self, wanted: &[Wanted]) -> Result<Vec<Vec<Grant>>> {
        let mut free = self.free();
        let total = self.0.machine.amounts();
        if let Some(refused) = refusal::of_sums(wanted, &total, &free.amounts) {
            return Err(Error::invalid_input(refused));
        }
        let taken = free.take_all(wanted).map_err(|Unplaced { index, left }| {
            Error::invalid_input(refusal::of_gpus(&wanted[index], left.free()))
        })?;
        drop(free);
        let grants = wanted.iter().zip(taken).map(|(wanted, taken)| {
            let grants = taken.into_iter().enumerate();
            let grant = |(replica, taken)| self.grant(wanted, replica, taken);
            grants.map(grant).collect()
        });
        Ok(grants.collect())
    }

    /// Takes the resources of one replica of a deployment.
    ///
    /// # Errors
    ///
    /// As [`Ledger::take_all`].
    pub(crate) fn take_one(&self, wanted: &Wanted, replica: usize) -> Result<Grant> {
        let mut free = self.free();
        let total = self.0.machine.amounts();
        let one = std::slice::from_ref(wanted);
        if let Some(refused) = refusal::of_sums(one, &total, &free.amounts) {
            return Err(Error::invalid_input(refused));
        }
        let taken = free.take(&wanted.demand);
        let left = free.gpus.clone();
        drop(free);
        match taken {
            Some(taken) => Ok(self.grant(wanted, replica, taken)),
            None => Err(Error::invalid_input(refusal::of_gpus(wanted, left.free()))),
        }
    }

    fn grant(&self, wanted: &Wanted, replica: usize, taken: Taken) -> Grant {
        let names = self.0.machine.gpu_names();
        let allotment = Allotment::new(&wanted.deployment, replica, &taken, names);
        Grant {
            context: ReplicaContext::from(allotment),
            lease: Some(Lease {
                ledger: self.clone(),
                taken: Arc::new(Leased {
                    deployment: Arc::clone(&wanted.deployment),
                    taken,
                    is_back: AtomicBool::new(false),
                }),
            }),
        }
    }

    /// Whether all replicas of these deployments fit, once what is `leased` is given back. Takes nothing.
    ///
    /// # Errors
    ///
    /// As [`Ledger::take_all`].
    pub(super) fn check(&self, wanted: &[Wanted], leased: &[Arc<Leased>]) -> Result<()> {
        let mut free = {
            let free = self.free();
            let mut after = free.clone();
            // Those that are back count already; none is given back while this is locked.
            let out = leased
                .iter()
                .filter(|it| !it.is_back.load(Ordering::Relaxed));
            out.for_each(|leased| after.give_back(&leased.taken));
            after
        };
        let total = self.0.machine.amounts();
        if let Some(refused) = refusal::of_sums(wanted, &total, &free.amounts) {
            return Err(Error::invalid_input(refused));
        }
        let taken = free.take_all(wanted);
        taken.map(drop).map_err(|Unplaced { index, left }| {
            Error::invalid_input(refusal::of_gpus(&wanted[index], left.free()))
        })
    }

    fn free(&self) -> MutexGuard<'_, Free> {
        // No change of the contents can panic halfway, so they are valid even if the lock is poisoned.
        lock(&self.0.free)
    }

    /// Whether no resource is taken.
    #[cfg(test)]
    pub(super) fn is_untouched(&self) -> bool {
        let untouched = Ledger::from(self.0.machine.clone());
        format!("{:?}", self.snapshot()) == format!("{:?}", untouched.snapshot())
    }

    #[cfg(test)]
    fn snapshot(&self) -> impl std::fmt::Debug {
        let Free {
            amounts,
            gpus,
            cores,
        } = self.free().clone();
        let amounts: Vec<_> = amounts
            .iter()
            .map(|(resource, amount)| (resource.clone(), amount))
            .collect();
        (amounts, gpus, cores)
    }
}

impl Free {
    /// Takes everything that is wanted, or nothing.
    fn take_all(&mut self, wanted: &[Wanted]) -> Result<Vec<Vec<Taken>>, Unplaced> {
        let mut after = self.clone();
        // Large needs are placed first, before small ones use a part of every GPU.
        let mut order: Vec<usize> = (0..wanted.len()).collect();
        order.sort_by_key(|index| Reverse(wanted[*index].demand.gpus.size()));
        let mut taken: Vec<Vec<Taken>> = wanted.iter().map(|_| Vec::new()).collect();
        for index in order {
            for _ in 0..wanted[index].num_replicas {
                match after.take(&wanted[index].demand) {
                    Some(one) => taken[index].push(one),
                    None => {
                        let left = after.gpus;
                        return Err(Unplaced { index, left });
                    }
                }
            }
        }
        *self = after;
        Ok(taken)
    }

    fn give_back(&mut self, taken: &Taken) {
        self.amounts.add(&taken.amounts);
        self.gpus.give_back(&taken.gpus);
        self.cores.give_back(&taken.cores);
    }

    /// Takes what one replica needs. The sums have been checked already.
    fn take(&mut self, demand: &Demand) -> Option<Taken> {
        let gpus = self.gpus.take(demand.gpus)?;
        self.amounts.subtract(&demand.amounts);
        Some(Taken {
            amounts: demand.amounts.clone(),
            gpus,
            cores: self.cores.take(demand.cores),
        })
    }
}

/// The demand that found no GPU, and what was left on each GPU at that point.
struct Unplaced {
    index: usize,
    left: Gpus,
}

/// The resources that one replica has.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) amounts: Amounts,
    pub(super) gpus: Vec<GpuShare>,
    pub(super) cores: Vec<usize>,
}

/// The resources that one replica has, until the grant is dropped, and the context that shows them to it.
#[derive(Debug)]
pub(crate) struct Grant {
    context: ReplicaContext,
    lease: Option<Lease>,
}

impl Grant {
    /// The grant of a replica that needs no resources.
    pub(crate) fn nothing(deployment: &Arc<str>, replica: usize) -> Self {
        Grant {
            context: ReplicaContext::from(Allotment::nothing(deployment, replica)),
            lease: None,
        }
    }

    /// Grants for the replicas of a deployment that needs no resources.
    pub(crate) fn nothing_for(wanted: &Wanted) -> Vec<Self> {
        let replicas = 0..wanted.num_replicas;
        let nothing = |replica| Self::nothing(&wanted.deployment, replica);
        replicas.map(nothing).collect()
    }

    pub(crate) fn context(&self) -> &ReplicaContext {
        &self.context
    }

    /// What it holds of the machine, if anything.
    pub(super) fn leased(&self) -> Option<&Arc<Leased>> {
        self.lease.as_ref().map(|lease| &lease.taken)
    }
}

/// Gives back what was taken when it is dropped.
#[derive(Debug)]
struct Lease {
    ledger: Ledger,
    taken: Arc<Leased>,
}

/// What a lease is of.
#[derive(Debug)]
pub(super) struct Leased {
    pub(super) deployment: Arc<str>,
    taken: Taken,
    /// Whether it has been given back. Set and read while the ledger is locked.
    is_back: AtomicBool,
}

impl Drop for Lease {
    fn drop(&mut self) {
        let mut free = self.ledger.free();
        free.give_back(&self.taken.taken);
        self.taken.is_back.store(true, Ordering::Relaxed);
    }
}
