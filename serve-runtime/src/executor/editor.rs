//! The code that a graph function consists of while an editor reads it: ordinary Rust, in which the types of
//! edges are inferred. It never runs, and rustc never sees a call of it.

use std::future::Future;
use std::path::{Path, PathBuf};

use crate::{Deployable, Result, Shared};

/// The end of a `#[graph]` function: the block that describes one request.
///
/// ```ignore
/// input(|image_url: Url, category: Category| {
///     let image = preprocessor.process(downloader.run(image_url));
///     dispatcher.run(image, category)
/// })
/// ```
///
/// The closure's parameters are the parts of the request. In the block, a method call on a bound
/// variable or a call of a lower-case path is a node; each runs as soon as its own inputs are ready.
pub fn input<B>(_block: B) {}

/// An input block that is served at a path of its own; a graph may have several.
pub fn route<B>(_path: &str, _block: B) {}

/// A bound deployment, or a bound graph: its variable acts as its handle.
pub trait Hand: Deployable + Sized {
    #[doc(hidden)]
    fn __handle(self) -> Self::Handle {
        never()
    }
}

impl<D: Deployable> Hand for D {}

/// A call of a node acts as its value.
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

/// A value can be passed to any parameter that takes it or borrows it.
pub trait Give: Sized {
    #[doc(hidden)]
    fn __given<P: Takes<Self>>(self) -> P {
        never()
    }
}

impl<T> Give for T {}

/// [`Give`] for an argument that is more than a variable.
#[doc(hidden)]
pub fn give<T, P: Takes<T>>(_value: T) -> P {
    never()
}

/// A parameter of a handle's method or of a function that accepts a value of type `T`.
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
    /// The type of the edge that carries its result.
    type Output;
}

/// The result of a function acts as the value inside of it.
pub trait Outcome: Sized {
    #[doc(hidden)]
    fn __outcome<F: Function>(self) -> F::Output {
        never()
    }
}

impl<T> Outcome for T {}

/// A list whose items each go through nodes of their own.
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

/// The result of a fallible loader.
pub trait Loaded {
    /// The result that its callers get.
    type Shared;
}

impl<T, E> Loaded for Result<T, E> {
    type Shared = Result<Shared<T>>;
}

/// Converts the result of a loader to the one that its callers get.
pub fn shared<T, S>(_loaded: T) -> S {
    never()
}
