//! One request: what code knows of it, what callers add to a call, how many are in flight, and until when it
//! has to be answered.

pub(crate) mod admission;
pub(crate) mod call_options;
pub(crate) mod context;
pub(crate) mod deadline;
pub(crate) mod in_flight;
pub(crate) mod in_flight_limit;
