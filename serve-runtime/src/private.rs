//! The items that generated code uses. Nothing here is public API: it changes without notice.

pub use std::boxed::Box;
pub use std::future::{Future, poll_fn};
pub use std::option::Option::{self, None, Some};
pub use std::pin::{self, Pin};
pub use std::result;
pub use std::sync::Arc;
pub use std::task::Poll;

pub use futures_util::future::{Either, FutureExt};
pub use futures_util::stream::StreamExt;
pub use serve_macros::picture;
pub use tokio::sync::RwLock;

pub use crate::application::builder::Builder;
pub use crate::batch::{Asked, Batchers, Group, asked};
pub use crate::bounds::function::Function;
pub use crate::bounds::generated::Generated;
pub use crate::bounds::order::{InOrder, Order, OutOfOrder, Swapped, Unswapped};
pub use crate::bounds::witness::*;
#[cfg(feature = "config")]
pub use crate::config::arguments::{
    Arguments, NotTaken, Taken, parameters_0, parameters_1, parameters_2, parameters_3,
    parameters_4, parameters_5, parameters_6, parameters_7, parameters_8, parameters_9,
    parameters_10, parameters_11, parameters_12,
};
#[cfg(feature = "config")]
pub use crate::config::probe::{NotRead, NotWritten, Probe, Reads, UserConfigFormat, Writes};
pub use crate::engine::{
    Access, Bare, Constructor, Fakeable, InPlace, InPlaceAndThreads, Lent, Lifecycle, ModelPermit,
    OwnedPermit, Permit, Threads,
};
pub use crate::executor::aside::aside;
pub use crate::executor::call::{
    Watcher, at_node, call, call_streaming, panicked, user_config, user_error, with_options,
};
pub use crate::executor::capture::{Arrival, Capture, Delivery};
pub use crate::executor::choice::Choice;
pub use crate::executor::each::each;
pub use crate::executor::editor;
pub use crate::executor::found::{Found, Itself};
pub use crate::executor::keep::{Keep, boxes};
pub use crate::executor::limit::{Limit, limited};
pub use crate::executor::map::{MapItems, map};
pub use crate::executor::node::{Node, Nodes, nodes};
pub use crate::executor::part::{Due, Lends, Polled, part, poll_part};
pub use crate::executor::progress::{At, Progress, Watch};
pub use crate::executor::slot::{Held, Once, Owned, Slot};
pub use crate::executor::turns::Turns;
pub use crate::handle::{
    AnyHandle, Calls, Checked, GraphHandle, Handle, HandleTo, Paired, Part, Reached,
    answer_if_faked, behind, bound_deployment, called_node, node_of, unless_faked,
};
pub use crate::multiplex::max_num_models;
pub use crate::panics::{drop_quietly, isolate};
pub use crate::request::caller::Caller;
pub use crate::request::in_flight_limit::InFlightLimit;
pub use crate::streaming::{Yielder, streaming};
pub use crate::util::feature_gates::{for_config, for_tests};
