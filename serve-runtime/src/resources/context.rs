//! The data that code of a replica can read about it.

use std::future::Future;
use std::sync::Arc;

use super::amount::{Amount, Resource};
use super::ledger::Taken;
use super::pin;

tokio::task_local! {
    static CURRENT: ReplicaContext;
}

/// The replica that the calling code belongs to, and its part of the machine: Ray Serve's
/// `get_replica_context`.
///
/// It is set in a constructor, `async` or not, and in calls of a `fn`, which run on the replica's
/// own thread. An `async fn` runs on its caller's task, which belongs to no replica: keep the data it needs in
/// the constructor. Elsewhere the context is empty.
///
/// ```
/// use serve_runtime::prelude::*;
/// use serve_runtime::{Machine, deploy_on};
///
/// #[deployment(num_gpus = 0.5, num_cpus = 2)]
/// struct Model {
///     device: usize,
/// }
///
/// #[deployment]
/// impl Model {
///     fn new() -> Result<Self> {
///         let replica = ReplicaContext::current();
///         // .. Cuda::new(device), ThreadPool::with_threads(replica.num_cpus())
///         let device = replica.gpus().first().copied().ok_or(Error::failed("no GPU"))?;
///         Ok(Model { device })
///     }
///
///     fn forward(&self, _image: u32) -> usize {
///         self.device
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// let machine = Machine::detect().num_cpus(8.0).num_gpus(1);
/// let model = deploy_on(machine, Model::bind()).await?;
/// assert_eq!(model.forward(1).await?, 0);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct ReplicaContext(Option<Arc<Allotment>>);

/// The resources that a replica was given. Plain data, which may outlive them.
#[derive(Debug)]
pub(super) struct Allotment {
    deployment: Arc<str>,
    replica: usize,
    cpus: Amount,
    cores: Vec<usize>,
    gpus: Vec<usize>,
    gpu_names: Vec<String>,
    num_gpus: Amount,
    memory: Option<u64>,
}

impl ReplicaContext {
    /// Returns the context of the replica that the calling code belongs to.
    ///
    /// ```
    /// use serve_runtime::prelude::*;
    ///
    /// assert_eq!(ReplicaContext::current().deployment(), None);
    /// ```
    pub fn current() -> Self {
        CURRENT.try_with(ReplicaContext::clone).unwrap_or_default()
    }

    /// The deployment's name; `None` outside of replicas.
    pub fn deployment(&self) -> Option<&str> {
        self.0.as_deref().map(|allotment| &*allotment.deployment)
    }

    /// The replica's number in its deployment, from 0; `None` outside of replicas.
    pub fn number(&self) -> Option<usize> {
        self.0.as_deref().map(|allotment| allotment.replica)
    }

    /// How many threads a thread pool of the model should have: `num_cpus`, rounded up. Without `num_cpus`, the
    /// available parallelism of the calling thread. At least 1.
    ///
    /// Make the pool in the constructor. A pool that is made once for the whole process, such as rayon's global
    /// pool, stays on the cores of the replica that used it first.
    pub fn num_cpus(&self) -> usize {
        let cpus = self.0.as_deref().map(|allotment| allotment.cpus);
        match cpus.filter(|cpus| *cpus > Amount::NONE) {
            Some(cpus) => cpus.as_f64().ceil() as usize,
            None => std::thread::available_parallelism().map_or(1, usize::from),
        }
    }

    /// The numbers of the cores that the replica's thread, and the threads that it starts, are pinned
    /// to. No other replica is pinned to them. Empty if it is not pinned.
    pub fn cpus(&self) -> &[usize] {
        self.0.as_deref().map_or(&[], |allotment| &allotment.cores)
    }

    /// The numbers of the replica's GPUs, as CUDA numbers them in this process; empty if it needs none.
    ///
    /// CUDA and the driver agree on the numbers if the GPUs are alike, or `CUDA_DEVICE_ORDER` is
    /// `PCI_BUS_ID`.
    pub fn gpus(&self) -> &[usize] {
        self.0.as_deref().map_or(&[], |allotment| &allotment.gpus)
    }

    /// How much of its GPUs the replica has: 0.5 is half of one GPU, 2.0 is two whole ones.
    pub fn num_gpus(&self) -> f64 {
        let allotment = self.0.as_deref();
        allotment.map_or(0.0, |allotment| allotment.num_gpus.as_f64())
    }

    /// The `CUDA_VISIBLE_DEVICES` for a process that works for this replica: `2,3`, or an empty
    /// string if it has no GPU.
    pub fn cuda_visible_devices(&self) -> String {
        let allotment = self.0.as_deref();
        allotment.map_or(String::new(), |allotment| allotment.gpu_names.join(","))
    }

    /// The `memory` of its options, in bytes.
    pub fn memory(&self) -> Option<u64> {
        self.0.as_deref().and_then(|allotment| allotment.memory)
    }

    /// Runs a future in which [`ReplicaContext::current`] is this one: for tests, and for tasks that a replica starts.
    pub async fn scope<F: Future>(self, future: F) -> F::Output {
        CURRENT.scope(self, future).await
    }

    /// Runs a function in which [`ReplicaContext::current`] is this one: for tests, and for threads that a replica
    /// starts.
    pub fn sync_scope<R>(self, function: impl FnOnce() -> R) -> R {
        CURRENT.sync_scope(self, function)
    }

    /// Runs the main function of a thread of the replica: pinned to the replica's cores, with this context.
    pub(crate) fn on_its_cores<R>(&self, work: impl FnOnce() -> R) -> R {
        if !self.cpus().is_empty()
            && let Err(error) = pin::to(self.cpus())
        {
            let (deployment, cpus) = (self.deployment(), self.cpus());
            tracing::warn!(deployment, ?cpus, %error, "a replica could not be pinned to its cores");
        }
        self.clone().sync_scope(work)
    }
}

impl From<Allotment> for ReplicaContext {
    fn from(allotment: Allotment) -> Self {
        ReplicaContext(Some(Arc::new(allotment)))
    }
}

impl Allotment {
    pub(super) fn new(
        deployment: &Arc<str>,
        replica: usize,
        taken: &Taken,
        gpu_names: &[String],
    ) -> Self {
        let gpus: Vec<usize> = taken.gpus.iter().map(|(gpu, _)| *gpu).collect();
        let memory = taken.amounts.get(&Resource::Memory);
        Allotment {
            cpus: taken.amounts.get(&Resource::Cpus),
            cores: taken.cores.clone(),
            gpu_names: gpus.iter().map(|gpu| gpu_names[*gpu].clone()).collect(),
            gpus,
            num_gpus: taken.amounts.get(&Resource::Gpus),
            memory: (memory > Amount::NONE).then_some(memory.0),
            ..Allotment::nothing(deployment, replica)
        }
    }

    pub(super) fn nothing(deployment: &Arc<str>, replica: usize) -> Self {
        Allotment {
            deployment: Arc::clone(deployment),
            replica,
            cpus: Amount::NONE,
            cores: Vec::new(),
            gpus: Vec::new(),
            gpu_names: Vec::new(),
            num_gpus: Amount::NONE,
            memory: None,
        }
    }
}
