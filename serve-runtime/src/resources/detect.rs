//! Asks the operating system for the machine's resources.

use sysinfo::{MemoryRefreshKind, System};

/// How many CPUs this process may use at a time, by its affinity and its cgroup's quota.
pub(super) fn cpus() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// How many bytes of memory this process may have: the machine's memory, or less if its cgroup has a limit.
pub(super) fn memory() -> u64 {
    let Ok(mut system) = System::new() else {
        return 0; // sysinfo does not support this system
    };
    system.refresh_memory_specifics(MemoryRefreshKind::nothing().with_ram());
    let there_is = system.total_memory();
    match system.cgroup_limits() {
        Some(limits) => limits.total_memory.min(there_is),
        None => there_is,
    }
}

/// The numbers of the cores that this thread may run on.
#[cfg(target_os = "linux")]
pub(super) fn cores() -> Vec<usize> {
    use rustix::thread::{CpuSet, sched_getaffinity};

    let Ok(allowed) = sched_getaffinity(None) else {
        return Vec::new();
    };
    let cores = 0..CpuSet::MAX_CPU;
    cores.filter(|core| allowed.is_set(*core)).collect()
}

/// Pinning threads is not supported on this system.
#[cfg(not(target_os = "linux"))]
pub(super) fn cores() -> Vec<usize> {
    Vec::new()
}
