//! Reads what was understood and reports what cannot be; one file per family.

pub(crate) mod batch;
pub(crate) mod cycles;
pub(crate) mod idle_options;
pub(crate) mod options;
pub(crate) mod unused;
