//! What the compiler asks of users' types: the traits that its messages name.
//!
//! Each is implemented for every type that will do, so there is nothing to implement by hand.

mod argument;
mod batch;
mod edge;
mod function;
mod future;
pub(crate) mod generated;
mod items;
mod model;
mod user_config;
mod value;
pub(crate) mod witness;

pub use self::argument::Argument;
pub use self::batch::{BatchCost, BatchKey};
pub use self::edge::{Accepts, AcceptsOneOf, Answers, Condition, Duplicate, EdgeOf, SameValue};
pub use self::function::FunctionDeployment;
pub use self::future::{DeploymentError, in_place, stream_in_place};
pub use self::items::{Collect, Items};
pub use self::model::Model;
pub use self::user_config::UserConfig;
pub use self::value::{Constructed, SharedReplica, SharedValue, Value};
