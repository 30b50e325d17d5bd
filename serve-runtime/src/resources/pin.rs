//! Pins threads to cores.

/// Pins this thread, and the threads that it starts, to these cores.
#[cfg(target_os = "linux")]
pub(super) fn to(cores: &[usize]) -> std::io::Result<()> {
    use rustix::thread::{CpuSet, sched_setaffinity};

    let mut set = CpuSet::new();
    for core in cores.iter().filter(|core| **core < CpuSet::MAX_CPU) {
        set.set(*core);
    }
    Ok(sched_setaffinity(None, &set)?)
}

/// Pinning threads is not supported on this system.
#[cfg(not(target_os = "linux"))]
pub(super) fn to(_cores: &[usize]) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}
