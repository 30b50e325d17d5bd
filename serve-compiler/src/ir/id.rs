//! Ids of the parts of a graph: numbers, each with a type of its own.

use std::marker::PhantomData;
use std::ops::{Index, IndexMut};

use proc_macro2::TokenStream;
use quote::ToTokens;

/// A number that identifies one kind of part.
pub(crate) trait Id: Copy {
    fn new(index: usize) -> Self;
    fn index(self) -> usize;
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) struct $name(usize);

        impl Id for $name {
            fn new(index: usize) -> Self {
                $name(index)
            }

            fn index(self) -> usize {
                self.0
            }
        }

        impl ToTokens for $name {
            fn to_tokens(&self, tokens: &mut TokenStream) {
                self.0.to_tokens(tokens);
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

ids! {
    /// A call, among the calls of the graph.
    NodeId
    /// A value, among those of its entry.
    EdgeId
    /// A deployment, among those of the graph.
    DeploymentId
    /// A `match` or an `if`, among those of the graph.
    ChoiceId
    /// An arm, among those of its choice.
    ArmId
    /// A `map`, among those of the graph.
    FanOutId
    /// A region, among those of the graph.
    RegionId
}

/// Creates ids.
pub(crate) struct Count<I>(usize, PhantomData<fn() -> I>);

impl<I: Id> Count<I> {
    pub(crate) fn next(&mut self) -> I {
        self.0 += 1;
        I::new(self.0 - 1)
    }
}

impl<I> Default for Count<I> {
    fn default() -> Self {
        Count(0, PhantomData)
    }
}

/// A list of parts of one kind; the index is the id.
pub(crate) struct Table<I, T> {
    rows: Vec<T>,
    ids: PhantomData<fn() -> I>,
}

impl<I: Id, T> Table<I, T> {
    /// Adds one.
    pub(crate) fn push(&mut self, row: T) -> I {
        self.rows.push(row);
        I::new(self.rows.len() - 1)
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn iter(&self) -> std::slice::Iter<'_, T> {
        self.rows.iter()
    }

    pub(crate) fn iter_mut(&mut self) -> std::slice::IterMut<'_, T> {
        self.rows.iter_mut()
    }

    /// The id of the next one.
    pub(crate) fn next_id(&self) -> I {
        I::new(self.rows.len())
    }

    /// The elements that were added when this was the next id, and later.
    pub(crate) fn since(&mut self, id: I) -> std::slice::IterMut<'_, T> {
        self.rows[id.index()..].iter_mut()
    }

    /// The ids, in order.
    pub(crate) fn ids(&self) -> impl DoubleEndedIterator<Item = I> + Clone + use<I, T> {
        (0..self.rows.len()).map(I::new)
    }

    /// Each element with its id.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (I, &T)> + Clone {
        self.rows
            .iter()
            .enumerate()
            .map(|(index, row)| (I::new(index), row))
    }

    /// The first element that matches.
    pub(crate) fn find(&self, is_so: impl Fn(&T) -> bool) -> Option<I> {
        self.rows.iter().position(is_so).map(I::new)
    }

    /// A list of as many other elements, with the same ids.
    pub(crate) fn map<U>(&self, map: impl FnMut(&T) -> U) -> Table<I, U> {
        self.rows.iter().map(map).collect()
    }
}

impl<I, T> Default for Table<I, T> {
    fn default() -> Self {
        Table {
            rows: Vec::new(),
            ids: PhantomData,
        }
    }
}

impl<I, T> FromIterator<T> for Table<I, T> {
    fn from_iter<R: IntoIterator<Item = T>>(rows: R) -> Self {
        Table {
            rows: rows.into_iter().collect(),
            ids: PhantomData,
        }
    }
}

impl<I: Id, T> Index<I> for Table<I, T> {
    type Output = T;

    fn index(&self, id: I) -> &T {
        &self.rows[id.index()]
    }
}

impl<I: Id, T> IndexMut<I> for Table<I, T> {
    fn index_mut(&mut self, id: I) -> &mut T {
        &mut self.rows[id.index()]
    }
}

impl<'t, I: Id, T> IntoIterator for &'t Table<I, T> {
    type Item = &'t T;
    type IntoIter = std::slice::Iter<'t, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
