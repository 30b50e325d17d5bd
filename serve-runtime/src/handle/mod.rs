//! Handles: what callers hold, and how a call gets from a handle to its engine.
//!
//! | file | |
//! |---|---|
//! | `generic` | what is inside every generated handle, and what all handles can do |
//! | `dispatch` | runs a call with the handle's options, at the engine or at the fake |
//! | `part` | what a graph can bind: a deployment, or another graph |
//! | `described` | the parts of a topology that only a deployment's type determines |
//! | `checked` | the type that replaces one with an error, so that rustc reports nothing further |

mod checked;
mod described;
mod dispatch;
mod generic;
mod part;

pub use self::checked::Checked;
pub use self::described::{bound_deployment, called_node};
pub use self::dispatch::{detour, unless_faked};
pub(crate) use self::generic::width;
pub use self::generic::{
    AnyHandle, Calls, GraphHandle, Handle, HandleTo, Paired, Reached, node_of,
};
pub use self::part::Part;
