//! Handles: what callers hold, and how a call gets from a handle to its engine.
//!
//! | file | |
//! |---|---|
//! | `generic` | what is inside every generated handle, and what all handles can do |
//! | `faked` | a call that a fake may answer in place of the engine |
//! | `part` | what a graph can bind: a deployment, or another graph |
//! | `described` | the parts of a topology that only a deployment's type determines |
//! | `checked` | the type that replaces one with an error, so that rustc reports nothing further |

mod checked;
mod described;
mod faked;
mod generic;
mod part;

pub use self::checked::Checked;
pub use self::described::{bound_deployment, called_node};
pub use self::faked::{answer_if_faked, unless_faked};
pub use self::generic::{
    AnyHandle, Calls, GraphHandle, Handle, HandleTo, Paired, Reached, behind, node_of,
};
pub use self::part::Part;
