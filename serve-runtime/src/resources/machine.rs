//! What there is to share out.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::amount::{Amount, Amounts, Resource};
use super::{detect, gpus};

/// What replicas may take of the machine: detected, described, or both.
///
/// [`deploy`](crate::deploy) detects it; [`deploy_on`](crate::deploy_on) is given it. What it has is
/// counted, not enforced: a replica that says `num_cpus = 1` is neither slowed down nor watched.
///
/// ```
/// use serve_runtime::Machine;
///
/// let machine = Machine::detect()
///     .num_gpus(2)
///     .resources([("license", 3.0)]);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Machine {
    cpus: Amount,
    cores: Vec<usize>,
    gpus: Vec<String>,
    memory: u64,
    resources: BTreeMap<Arc<str>, Amount>,
}

impl Machine {
    /// What this process may use: CPUs by its affinity and its cgroup's quota; memory by what there is
    /// and its cgroup's limit; with the feature `nvml`, the NVIDIA GPUs that `CUDA_VISIBLE_DEVICES`
    /// leaves. Without the driver's library there are none.
    pub fn detect() -> Self {
        Machine {
            cpus: Amount::whole(detect::cpus()),
            cores: detect::cores(),
            gpus: gpus::visible(),
            memory: detect::memory(),
            resources: BTreeMap::new(),
        }
    }

    /// Nothing at all, to describe a machine from scratch.
    pub fn empty() -> Self {
        Machine {
            cpus: Amount::NONE,
            cores: Vec::new(),
            gpus: Vec::new(),
            memory: 0,
            resources: BTreeMap::new(),
        }
    }

    /// How many CPUs there are, fractions allowed; more than there are if replicas do not use what they
    /// say. It changes nothing in the [`cores`](Machine::cores).
    #[must_use]
    pub fn num_cpus(mut self, num_cpus: f64) -> Self {
        self.cpus = Amount::of(num_cpus);
        self
    }

    /// The numbers of the cores that compute replicas with a whole `num_cpus` may be pinned to. Without
    /// any, none is pinned.
    #[must_use]
    pub fn cores(mut self, cores: impl IntoIterator<Item = usize>) -> Self {
        self.cores = cores.into_iter().collect();
        self.cores.sort_unstable();
        self.cores.dedup();
        self
    }

    /// How many GPUs there are, numbered from 0.
    #[must_use]
    pub fn num_gpus(mut self, num_gpus: usize) -> Self {
        let keep = num_gpus.min(self.gpus.len());
        self.gpus.truncate(keep);
        self.gpus
            .extend((keep..num_gpus).map(|gpu| gpu.to_string()));
        self
    }

    /// How much memory there is, in bytes.
    #[must_use]
    pub fn memory(mut self, bytes: u64) -> Self {
        self.memory = bytes;
        self
    }

    /// How much there is of what else replicas need, `resources = [("license", 1.0)]`; all of it.
    #[must_use]
    pub fn resources<N: Into<Arc<str>>, A: Into<f64>>(
        mut self,
        resources: impl IntoIterator<Item = (N, A)>,
    ) -> Self {
        let resources = resources.into_iter();
        let resources = resources.map(|(name, amount)| (name.into(), Amount::of(amount.into())));
        self.resources = resources.collect();
        self
    }

    pub(super) fn amounts(&self) -> Amounts {
        let mut amounts = Amounts::default();
        amounts.set(Resource::Cpus, self.cpus);
        amounts.set(Resource::Gpus, Amount::whole(self.gpus.len()));
        amounts.set(Resource::Memory, Amount(self.memory));
        for (name, amount) in &self.resources {
            amounts.set(Resource::Custom(Arc::clone(name)), *amount);
        }
        amounts
    }

    pub(super) fn core_numbers(&self) -> &[usize] {
        &self.cores
    }

    /// What `CUDA_VISIBLE_DEVICES` calls each GPU.
    pub(super) fn gpu_names(&self) -> &[String] {
        &self.gpus
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_can_run_this_test() {
        let machine = Machine::detect();
        let amounts = machine.amounts();
        assert!(amounts.get(&Resource::Cpus) >= Amount::ONE);
        let a_mebibyte = Amount(1 << 20);
        assert!(amounts.get(&Resource::Memory) > a_mebibyte);
        #[cfg(target_os = "linux")]
        assert!(!machine.core_numbers().is_empty());
    }

    /// Also with the feature `nvml`: a driver that is not there is no error.
    #[test]
    fn there_are_no_gpus_without_a_driver() {
        if !std::path::Path::new("/dev/nvidiactl").exists() {
            assert_eq!(Machine::detect().gpu_names(), [""; 0]);
        }
    }

    #[test]
    fn what_is_described_stands_in_place_of_what_is_detected() {
        let described = Machine::detect()
            .num_cpus(2.5)
            .cores([3, 1, 3])
            .num_gpus(3)
            .num_gpus(2)
            .memory(7)
            .resources([("license", 1.5)]);
        let amounts = described.amounts();
        assert_eq!(amounts.get(&Resource::Cpus), Amount::of(2.5));
        assert_eq!(amounts.get(&Resource::Gpus), Amount::whole(2));
        assert_eq!(amounts.get(&Resource::Memory), Amount(7));
        let license = Resource::Custom("license".into());
        assert_eq!(amounts.get(&license), Amount::of(1.5));
        assert_eq!(described.core_numbers(), [1, 3]);
        assert_eq!(described.gpu_names().len(), 2);
    }
}
