//! Handles: what callers hold, and how a call gets from one to its engine.
//!
//! | file | |
//! |---|---|
//! | `generic` | what is inside every generated handle, and what all handles can do |
//! | `dispatch` | a call on its way to the engine: under the handle's options, or to the fake |
//! | `part` | what a graph can bind: a deployment, or another graph |
//! | `described` | what a topology says of a deployment that only its type knows |
//! | `checked` | the type that stands for one with an error, so that rustc reports nothing further |

mod checked;
mod described;
mod dispatch;
mod generic;
mod part;

pub use self::checked::Checked;
pub use self::described::{bound_deployment, called_node};
pub use self::dispatch::{dispatch, unless_faked};
pub(crate) use self::generic::width;
pub use self::generic::{
    AnyHandle, Calls, GraphHandle, Handle, HandleTo, Paired, Reached, node_of,
};
pub use self::part::Part;
