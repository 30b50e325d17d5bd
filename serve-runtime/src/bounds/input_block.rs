//! An input block in a function without `#[graph]`.

use std::marker::PhantomData;

/// A function with `#[graph]`, which alone has an input block.
#[diagnostic::on_unimplemented(
    message = "an input block belongs to a graph, and this function has no `#[graph]`",
    label = "the function around this has no `#[graph]`",
    note = "help: write `#[graph]` above the function; what else rustc says of the function then goes as well"
)]
pub trait InputBlock {}

/// A function without `#[graph]`. Without the lifetime rustc would refuse `input` itself.
#[derive(Debug)]
pub struct PlainFunction<Block>(PhantomData<Block>);

/// What no type implements: `#[graph]` leaves no call of `input`.
#[doc(hidden)]
pub trait Never {}

#[diagnostic::do_not_recommend]
impl<F: Never> InputBlock for F {}

/// What `input` is outside of a graph, where its call is an error.
pub fn input<Block, Answer>(_block: Block) -> Answer
where
    PlainFunction<Block>: InputBlock,
{
    unreachable!()
}
