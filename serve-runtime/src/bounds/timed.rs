//! A limit on a node that is written as one on a future.

use std::marker::PhantomData;

/// A call that is a future.
#[diagnostic::on_unimplemented(
    message = "`timeout` is not allowed in an input block: a call here is a node, and not a future",
    label = "a node takes no limit here",
    note = "help: remove it; limit the whole request with `#[graph(request_timeout_s = ..)]`, or one call with `handle.options(CallOptions::new().timeout(..))` in a deployment that holds the handle"
)]
pub trait TimedCall {}

/// A call of a node. Without the lifetime rustc would refuse the method below itself.
#[derive(Debug)]
pub struct NodeCall<'n>(PhantomData<&'n ()>);

/// What no type implements.
#[doc(hidden)]
pub trait Never {}

#[diagnostic::do_not_recommend]
impl<C: Never> TimedCall for C {}

/// In scope where `timeout` is called on a node: a method of the value itself comes first.
pub trait CallWithTimeout: Sized {
    /// Where it is called, its call is an error.
    fn timeout<'n, Limit>(&self, _limit: Limit) -> Self
    where
        NodeCall<'n>: TimedCall,
    {
        unreachable!()
    }
}

impl<T> CallWithTimeout for T {}
