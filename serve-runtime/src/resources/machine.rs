//! The resources that replicas share.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::amount::{Amount, Amounts, Resource};
use super::{detect, gpus};

/// The resources that replicas may take: detected, described, or both.
///
/// [`deploy`](crate::deploy) detects the machine; pass one to [`deploy_on`](crate::deploy_on). Its resources are
/// counted, not enforced: a replica with `num_cpus = 1` is neither limited nor watched.
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
    /// Detects what this process may use: the CPUs of its affinity and its cgroup's quota; the memory of the
    /// machine, up to its cgroup's limit; with the feature `nvml`, the NVIDIA GPUs that `CUDA_VISIBLE_DEVICES`
    /// selects. Without the driver's library there are no GPUs.
    pub fn detect() -> Self {
        Machine {
            cpus: Amount::whole(detect::cpus()),
            cores: detect::cores(),
            gpus: gpus::visible(),
            memory: detect::memory(),
            resources: BTreeMap::new(),
        }
    }

    /// A machine without resources, to describe one from scratch.
    pub fn empty() -> Self {
        Machine {
            cpus: Amount::NONE,
            cores: Vec::new(),
            gpus: Vec::new(),
            memory: 0,
            resources: BTreeMap::new(),
        }
    }

    /// Sets the number of CPUs, fractions allowed. It may exceed the real number if replicas use less than they
    /// ask for. It does not change the [`cores`](Machine::cores).
    #[must_use]
    pub fn num_cpus(mut self, num_cpus: f64) -> Self {
        self.cpus = Amount::of(num_cpus);
        self
    }

    /// Sets the numbers of the cores that compute replicas with a whole `num_cpus` may be pinned to. If the list is
    /// empty, no replica is pinned.
    #[must_use]
    pub fn cores(mut self, cores: impl IntoIterator<Item = usize>) -> Self {
        self.cores = cores.into_iter().collect();
        self.cores.sort_unstable();
        self.cores.dedup();
        self
    }

    /// Sets the number of GPUs, numbered from 0.
    #[must_use]
    pub fn num_gpus(mut self, num_gpus: usize) -> Self {
        let keep = num_gpus.min(self.gpus.len());
        self.gpus.truncate(keep);
        self.gpus
            .extend((keep..num_gpus).map(|gpu| gpu.to_string()));
        self
    }

    /// Sets the amount of memory, in bytes.
    #[must_use]
    pub fn memory(mut self, bytes: u64) -> Self {
        self.memory = bytes;
        self
    }

    /// Sets the other resources, all of them, as for `resources = [("license", 1.0)]` of a deployment.
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

    /// The name of each GPU in `CUDA_VISIBLE_DEVICES`.
    pub(super) fn gpu_names(&self) -> &[String] {
        &self.gpus
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_detected_machine_has_resources() {
        let machine = Machine::detect();
        let amounts = machine.amounts();
        assert!(amounts.get(&Resource::Cpus) >= Amount::ONE);
        let a_mebibyte = Amount(1 << 20);
        assert!(amounts.get(&Resource::Memory) > a_mebibyte);
        #[cfg(target_os = "linux")]
        assert!(!machine.core_numbers().is_empty());
    }

    /// Holds with the feature `nvml` as well: a missing driver is no error.
    #[test]
    fn there_are_no_gpus_without_a_driver() {
        if !std::path::Path::new("/dev/nvidiactl").exists() {
            assert_eq!(Machine::detect().gpu_names(), [""; 0]);
        }
    }

    #[test]
    fn described_resources_replace_detected_ones() {
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
