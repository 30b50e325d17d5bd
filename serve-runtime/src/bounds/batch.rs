//! The return types of the functions that `#[batch]` names.

use crate::batch::Group;

/// The cost of a call: a whole number, such as its count of tokens.
#[diagnostic::on_unimplemented(
    message = "the cost of a call cannot be of type `{Self}`",
    label = "`cost` must return a whole number: `u8`, `u16`, `u32`, `u64` or `usize`"
)]
pub trait BatchCost {
    #[doc(hidden)]
    fn units(cost: Self) -> u64;
}

macro_rules! whole_numbers {
    ($($number:ty),*) => {
        $(#[diagnostic::do_not_recommend]
        impl BatchCost for $number {
            #[inline]
            fn units(cost: Self) -> u64 {
                cost as u64
            }
        })*
    };
}

whole_numbers!(u8, u16, u32, u64, usize);

/// The group of a call: an owned value that can be compared.
#[diagnostic::on_unimplemented(
    message = "calls cannot be grouped by a key of type `{Self}`",
    label = "`group_by` must return an owned value that is `Eq` and `Send`",
    note = "return a `String` in place of a `&str`, and whole numbers in place of floating-point ones"
)]
#[doc(hidden)]
pub trait BatchKey {
    #[doc(hidden)]
    fn group(key: Self) -> Group;
}

#[diagnostic::do_not_recommend]
impl<K: Eq + Send + 'static> BatchKey for K {
    fn group(key: Self) -> Group {
        Group::of(key)
    }
}
