//! What generated code is made of. Nothing here is public API: it changes without notice.

mod call;
mod choice;
mod dispatch;
mod each;
pub mod editor;
mod for_config;
mod for_tests;
mod generated;
mod generic_handle;
mod handle;
mod isolate;
mod limit;
mod map;
mod node;
mod part;
mod progress;
mod slot;
#[cfg(feature = "config")]
mod user_config;
mod witness;

pub use std::boxed::Box;
pub use std::future::{Future, poll_fn};
pub use std::option::Option::{self, None, Some};
pub use std::sync::Arc;
pub use std::task::Poll;
pub use std::{pin, result};

pub use futures_util::future::{Either, FutureExt};
pub use futures_util::stream::StreamExt;
pub use serve_macros::picture;
pub use tokio::sync::RwLock;

pub use self::call::{
    at_node, call, call_streaming, panicked, user_config, user_error, with_options,
};
pub use self::choice::Choice;
pub use self::dispatch::{dispatch, unless_faked};
pub use self::each::each;
pub use self::for_config::for_config;
pub use self::for_tests::for_tests;
pub use self::generated::Generated;
pub use self::generic_handle::{AnyHandle, Calls, GraphHandle, Handle, HandleTo, Paired, Reached};
pub use self::handle::{Checked, Part, node_of};
pub(crate) use self::handle::{batches, width};
pub use self::isolate::isolate;
pub use self::limit::{Limit, limited};
pub use self::map::map;
pub use self::node::{Node, Nodes, nodes};
pub use self::part::{Due, Lends, Polled, part, poll_part};
pub use self::progress::{At, Progress, Watch};
pub use self::slot::{Held, Once, Owned, Slot};
#[cfg(feature = "config")]
pub use self::user_config::{NotRead, NotWritten, Probe, Reads, UserConfigFormat, Writes};
pub use self::witness::*;
pub use crate::batch::{Asked, Group};
pub use crate::builder::Builder;
pub use crate::multiplex::{load, load_blocking, max_num_models};
pub use crate::replica::{
    Bare, Compute, Constructor, Fakeable, InPlace, Lent, Lifecycle, Mixed, ModelVisit, Stay, Visit,
};
pub use crate::requests::Requests;
pub use crate::streaming::{Yielder, streaming};
