//! The requirements on users' types: the traits that the compiler's messages name.
//!
//! Every type that meets a requirement implements the trait, so you never implement one by hand.
//!
//! | trait | implemented by | required of |
//! |---|---|---|
//! | `Value` | `Send + 'static` | a value that is sent between nodes |
//! | `SharedValue` | `Send + Sync + 'static` | the `T` of a parameter `&T` |
//! | `Accepts<T>` | `T`, and `Shared<T>` for a parameter `&T` | a parameter that gets a `T` |
//! | `AcceptsOneOf<T>` | the same | a parameter that gets a `T` with several consumers |
//! | `Answers<T>` | a type that accepts a `T` | the answer of a graph whose last value is a `T` |
//! | `SameValue<T>` | `T` | the arms of a `match` or an `if` |
//! | [`Condition`] | `bool` | the condition of an `if` |
//! | [`Items`] | `Vec`, arrays, `VecDeque`, `Option` | a collection with `map` over calls of nodes |
//! | [`Duplicate<T>`] | `Clone` types, and any type that is shared | a value that is used more than once |
//! | [`Unwrap`], [`Fallible`] | `Option` and `Result`; `Result` | a value on which `unwrap` is called; one that is matched with `Ok` |
//! | [`FunctionDeployment`] | a function with `#[deployment]` | a function that a graph calls by its name |
//! | [`TimedCall`] | nothing | a node on which `timeout` is called |
//! | [`InputBlock`] | a function with `#[graph]` | a function that calls `input` |
//! | [`Argument<T>`], [`BoxedArgument<T, O>`] | `Clone + Send + Sync + 'static` types | an argument of `bind(..)` |
//! | [`IntoArgument<T>`] | types that convert to `T` | an argument of `bind(..)` for a parameter `&T` |
//! | [`NoDeployment<T>`] | types that are not deployments | the same |
//! | `SentParameter`, `SharedParameter`, `CopiedParameter` | `Send`, `Sync`, `Clone` | a type parameter of a generic deployment |
//! | [`NoResult<T>`] | types that are not a `Result` | the output of a method that is not written as a `Result` |
//! | [`TypeWithAttribute`], [`BlockWithAttribute`] | nothing | the type and the `impl` block of a deployment |
//! | `Constructed<D>` | `D` | the result of `new` |
//! | `SharedReplica` | `Send + Sync + 'static` | a deployment with an `async fn` |
//! | `DeploymentError` | `std::error::Error` and other types that become a [`BoxError`](crate::BoxError) | the error of a deployment's `Result` |
//! | `UserConfig` | `Clone + Send + Sync + 'static` | the parameter of `reconfigure` |
//! | [`BatchCost`] | `u8`, `u16`, `u32`, `u64`, `usize` | the result of a `cost` function |
//! | `BatchKey` | `Eq + Send + 'static` | the result of a `group_by` function |
//! | `Model` | `Send + Sync + 'static` | the result of a `#[multiplexed]` loader |
//!
//! Rustdoc does not show the traits that all types may implement: they would appear on the page of every
//! type of your crate.

mod argument;
mod batch;
mod edge;
pub(crate) mod function;
mod future;
pub(crate) mod generated;
pub(crate) mod input_block;
mod items;
mod mistaken;
mod model;
pub(crate) mod order;
mod pairing;
mod parameter;
mod result;
mod timed;
mod unwrapped;
mod user_config;
mod value;
pub(crate) mod witness;

pub use self::argument::{
    Argument, ArgumentOf, BoxedArgument, Declared, HandleOf, IntoArgument, IsDeployment, IsValue,
    NoDeployment,
};
pub use self::batch::{BatchCost, BatchKey};
pub use self::edge::{
    Accepts, AcceptsOneOf, Answers, Ask, Condition, Duplicate, Is, One, PartOfShared, SameValue,
};
pub use self::function::FunctionDeployment;
pub use self::future::{DeploymentError, in_place, in_place_boxed, stream_in_place};
pub use self::input_block::InputBlock;
pub use self::items::{Collect, Items};
pub use self::mistaken::Mistaken;
pub use self::model::Model;
pub use self::pairing::{
    Attribute, Block, BlockWithAttribute, Broken, Given, KeyOf, TypeWithAttribute,
};
pub use self::parameter::{CopiedParameter, SentParameter, SharedParameter};
pub use self::result::{IsOutput, IsResult, NoResult};
pub use self::timed::{CallWithTimeout, NodeCall, TimedCall};
pub use self::unwrapped::{Fallible, Unwrap};
pub use self::user_config::UserConfig;
pub use self::value::{Constructed, SharedReplica, SharedValue, Value};
