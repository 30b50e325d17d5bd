//! The GPUs that this process sees.

/// The name of each GPU in `CUDA_VISIBLE_DEVICES`, in the order in which CUDA numbers them here.
pub(super) fn visible() -> Vec<String> {
    let devices = nvml::uuids();
    match std::env::var("CUDA_VISIBLE_DEVICES") {
        Ok(wanted) => chosen(&wanted, &devices),
        Err(_) => (0..devices.len()).map(|gpu| gpu.to_string()).collect(),
    }
}

/// The GPUs that a list of numbers and UUIDs selects. By CUDA's rule, everything after an unknown entry is
/// invisible as well.
fn chosen(wanted: &str, uuids: &[String]) -> Vec<String> {
    let is_there = |name: &str| match name.parse::<usize>() {
        Ok(number) => number < uuids.len(),
        // A part of a GPU has a UUID of its own, which is not in the list of whole GPUs.
        Err(_) if name.starts_with("MIG-") => !uuids.is_empty(),
        // The beginning of a UUID is enough.
        Err(_) => name.starts_with("GPU-") && uuids.iter().any(|uuid| uuid.starts_with(name)),
    };
    let names = wanted.split(',').map(str::trim);
    let mut seen: Vec<String> = Vec::new();
    for name in names.take_while(|name| is_there(name)) {
        if seen.iter().any(|other| other == name) {
            return Vec::new(); // CUDA treats a list with duplicates as empty
        }
        seen.push(name.to_owned());
    }
    seen
}

#[cfg(feature = "nvml")]
mod nvml {
    use nvml_wrapper::Nvml;
    use nvml_wrapper::error::NvmlError;

    /// The UUIDs of all GPUs of the machine, in the order of their numbers. Empty if there is no
    /// driver.
    pub(super) fn uuids() -> Vec<String> {
        let found = Nvml::init().and_then(|nvml| {
            let devices = 0..nvml.device_count()?;
            let uuid = |device| nvml.device_by_index(device)?.uuid();
            devices.map(uuid).collect::<Result<Vec<_>, NvmlError>>()
        });
        found.unwrap_or_else(|error| {
            tracing::debug!(%error, "no GPUs by NVML");
            Vec::new()
        })
    }
}

#[cfg(not(feature = "nvml"))]
mod nvml {
    /// Without the feature `nvml`, no GPU is detected.
    pub(super) fn uuids() -> Vec<String> {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::chosen;

    fn machine() -> Vec<String> {
        ["GPU-aa11", "GPU-bb22", "GPU-cc33"]
            .map(str::to_owned)
            .to_vec()
    }

    #[test]
    fn a_list_selects_and_orders_gpus() {
        assert_eq!(chosen("2,0", &machine()), ["2", "0"]);
        assert_eq!(chosen("GPU-bb, 0", &machine()), ["GPU-bb", "0"]);
        assert_eq!(chosen("MIG-1/2/3", &machine()), ["MIG-1/2/3"]);
    }

    #[test]
    fn entries_after_an_unknown_one_are_invisible() {
        assert_eq!(chosen("1,7,0", &machine()), ["1"]);
        assert_eq!(chosen("GPU-dd", &machine()), [""; 0]);
        assert_eq!(chosen("-1", &machine()), [""; 0]);
        assert_eq!(chosen("", &machine()), [""; 0]);
        assert_eq!(chosen("1,1", &machine()), [""; 0]);
        assert_eq!(chosen("0", &[]), [""; 0]);
        assert_eq!(chosen("MIG-1", &[]), [""; 0]);
    }
}
