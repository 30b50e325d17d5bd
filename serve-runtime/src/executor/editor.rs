//! What a graph function is made of while an editor reads it: ordinary Rust, in which the types of
//! edges are inferred. It is never run, and rustc never sees a call of it.

use std::future::Future;
use std::path::{Path, PathBuf};

use crate::{Deployable, Result, Shared};

/// What a `#[graph]` function ends with: the block that says what happens to one request.
///
/// ```ignore
/// input(|image_url: Url, category: Category| {
///     let image = preprocessor.process(downloader.run(image_url));
///     dispatcher.run(image, category)
/// })
/// ```
///
/// The closure's parameters are the parts of the request. In the block a method call on a bound
/// variable and a call of a lower-case path are nodes; each runs as soon as its own inputs are there.
pub fn input<B>(_block: B) {}

/// An input block that is served at a path of its own; a graph may have several.
pub fn route<B>(_path: &str, _block: B) {}

/// A bound deployment, or a bound graph: its variable stands for its handle.
pub trait Hand: Deployable + Sized {
    #[doc(hidden)]
    fn __handle(self) -> Self::Handle {
        never()
    }
}

impl<D: Deployable> Hand for D {}

/// A call of a node stands for the value that it gives.
pub trait Call {
    #[doc(hidden)]
    type Value;

    #[doc(hidden)]
    fn __value(self) -> Self::Value;
}

impl<F: Future<Output = Result<T>>, T> Call for F {
    type Value = T;

    fn __value(self) -> T {
        never()
    }
}

/// A value is given to whatever takes it or borrows it.
pub trait Give: Sized {
    #[doc(hidden)]
    fn __given<P: Takes<Self>>(self) -> P {
        never()
    }
}

impl<T> Give for T {}

/// [`Give`] for an argument that is more than a name.
#[doc(hidden)]
pub fn give<T, P: Takes<T>>(_value: T) -> P {
    never()
}

/// A parameter, of a handle's method or of a function, that a value of type `T` can be given to.
pub trait Takes<T> {}

impl<T> Takes<T> for T {}
impl<T> Takes<T> for Shared<T> {}
impl<T> Takes<T> for &T {}
impl<T> Takes<Shared<T>> for &T {}
impl<T> Takes<Vec<T>> for &[T] {}
impl Takes<String> for &str {}
impl Takes<PathBuf> for &Path {}

/// A function with `#[deployment]`.
pub trait Function {
    /// The type of the edge that a call of it is.
    type Output;
}

/// What a function returns stands for the value that is in it in the end.
pub trait Outcome: Sized {
    #[doc(hidden)]
    fn __outcome<F: Function>(self) -> F::Output {
        never()
    }
}

impl<T> Outcome for T {}

/// A list, of which each item goes through nodes of its own.
pub trait Each<T> {
    /// Calls nodes for each item: `items.map(|item| model.forward(item))`. The results keep their
    /// order.
    fn map<U>(self, each: impl FnMut(T) -> U) -> Vec<U>;
}

impl<T> Each<T> for Vec<T> {
    fn map<U>(self, each: impl FnMut(T) -> U) -> Vec<U> {
        self.into_iter().map(each).collect()
    }
}

#[cold]
fn never() -> ! {
    unreachable!("only an editor reads this")
}

/// What a loader returns that can fail.
pub trait Loaded {
    /// What its callers get.
    type Shared;
}

impl<T, E> Loaded for Result<T, E> {
    type Shared = Result<Shared<T>>;
}

/// What a loader returned, as its callers get it.
pub fn shared<T, S>(_loaded: T) -> S {
    never()
}
