//! The collections that `map` accepts.

use std::collections::VecDeque;

/// A collection: `map` calls nodes for each of its items.
#[diagnostic::on_unimplemented(
    message = "nodes cannot be called for each item of `{Self}`",
    label = "`map` with calls of nodes needs a `Vec`, an array, a `VecDeque` or an `Option`",
    note = "make a `Vec` of it: in the node that returns it, in the type of the input, or in a node in between",
    note = "a `Streaming` goes to one node, which reads its items"
)]
pub trait Items {
    /// Gives the items one by one.
    type Iter: Iterator;
    /// Collects the results into the same kind of collection.
    type Collect: Collect;
    #[doc(hidden)]
    fn items(items: Self) -> (Self::Iter, Self::Collect);
}

/// Collects the results of `map` into the kind of collection that held the items.
pub trait Collect {
    /// The collection of the results.
    type Of<U>;
    #[doc(hidden)]
    fn collect<U>(self, results: Vec<U>) -> Self::Of<U>;
}

#[doc(hidden)]
pub struct ToVec;

#[diagnostic::do_not_recommend]
impl<T> Items for Vec<T> {
    type Iter = std::vec::IntoIter<T>;
    type Collect = ToVec;

    fn items(items: Self) -> (Self::Iter, ToVec) {
        (items.into_iter(), ToVec)
    }
}

impl Collect for ToVec {
    type Of<U> = Vec<U>;

    fn collect<U>(self, results: Vec<U>) -> Vec<U> {
        results
    }
}

#[doc(hidden)]
pub struct ToVecDeque;

#[diagnostic::do_not_recommend]
impl<T> Items for VecDeque<T> {
    type Iter = std::collections::vec_deque::IntoIter<T>;
    type Collect = ToVecDeque;

    fn items(items: Self) -> (Self::Iter, ToVecDeque) {
        (items.into_iter(), ToVecDeque)
    }
}

impl Collect for ToVecDeque {
    type Of<U> = VecDeque<U>;

    fn collect<U>(self, results: Vec<U>) -> VecDeque<U> {
        results.into()
    }
}

#[doc(hidden)]
pub struct ToArray<const N: usize>;

#[diagnostic::do_not_recommend]
impl<T, const N: usize> Items for [T; N] {
    type Iter = std::array::IntoIter<T, N>;
    type Collect = ToArray<N>;

    fn items(items: Self) -> (Self::Iter, ToArray<N>) {
        (items.into_iter(), ToArray)
    }
}

impl<const N: usize> Collect for ToArray<N> {
    type Of<U> = [U; N];

    fn collect<U>(self, results: Vec<U>) -> [U; N] {
        match results.try_into() {
            Ok(results) => results,
            Err(_) => unreachable!("every item has a result"),
        }
    }
}

#[doc(hidden)]
pub struct ToOption;

#[diagnostic::do_not_recommend]
impl<T> Items for Option<T> {
    type Iter = std::option::IntoIter<T>;
    type Collect = ToOption;

    fn items(items: Self) -> (Self::Iter, ToOption) {
        (items.into_iter(), ToOption)
    }
}

impl Collect for ToOption {
    type Of<U> = Option<U>;

    fn collect<U>(self, results: Vec<U>) -> Option<U> {
        results.into_iter().next()
    }
}
