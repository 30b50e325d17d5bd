//! One request: the data that code can read about it, the options of a call, how many requests are in flight, and
//! deadlines.

pub(crate) mod admission;
pub(crate) mod call_options;
pub(crate) mod caller;
pub(crate) mod context;
pub(crate) mod deadline;
#[cfg(feature = "http")]
pub(crate) mod head;
pub(crate) mod in_flight;
pub(crate) mod in_flight_limit;
pub(crate) mod inside;
