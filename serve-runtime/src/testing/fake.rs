//! Fakes, which replace deployments.

use std::any::{Any, TypeId};
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;

use super::reply::{IntoReply, Reply};
use crate::engine::{Engine, Fakeable};
use crate::panics::{isolate, unwound};
use crate::request::caller::Caller;
use crate::{Callable, Deployment, Error, Handle, Result};

/// A fake of a deployment: the type that `X::fake()` and its methods return.
#[diagnostic::on_unimplemented(
    message = "this is not a fake of a deployment",
    label = "expected a fake",
    note = "write `name::fake(|..| ..)` for a function, or `Type::fake().method(|..| ..)` for a type"
)]
pub trait Fake {
    /// The deployment that it replaces.
    type Deployment: Callable;

    #[doc(hidden)]
    fn into_fakes(self) -> Fakes<Self::Deployment>;
}

/// The closures that answer the calls of a deployment.
#[must_use = "a fake does nothing until it is passed to `with` or `testing::handle`"]
pub struct Fakes<D> {
    replies: Replies,
    of: PhantomData<fn() -> D>,
}

/// The closures by method, as `dyn Any`: boxed twice, first as a closure of the method's signature.
#[derive(Default)]
pub(crate) struct Replies {
    /// The name of the deployment in errors.
    name: String,
    methods: Vec<(&'static str, Box<dyn Any + Send + Sync>)>,
}

type Closure<A, T> = Box<dyn Fn(A) -> Reply<T> + Send + Sync>;

/// A fake whose type of deployment is known only at run time.
pub(crate) struct Faked {
    pub(crate) type_id: TypeId,
    pub(crate) type_name: &'static str,
    pub(crate) replies: Replies,
}

impl<D: 'static> Fakes<D> {
    #[doc(hidden)]
    #[allow(clippy::new_without_default)] // only for generated code
    pub fn new() -> Self {
        Fakes {
            replies: Replies::default(),
            of: PhantomData,
        }
    }

    /// Sets the closure that answers the calls of a method, which takes the tuple `A` and returns a `T`. The last
    /// closure given counts.
    #[doc(hidden)]
    pub fn method<A, R, T>(
        mut self,
        name: &'static str,
        closure: impl Fn(A) -> R + Send + Sync + 'static,
    ) -> Self
    where
        A: 'static,
        R: IntoReply<T>,
        T: 'static,
    {
        let closure: Closure<A, T> = Box::new(move |arguments| closure(arguments).into_reply());
        let methods = &mut self.replies.methods;
        methods.retain(|(method, _)| *method != name);
        methods.push((name, Box::new(closure)));
        self
    }

    pub(crate) fn named(self, name: &str) -> Faked
    where
        D: Deployment,
    {
        Faked {
            type_id: TypeId::of::<D>(),
            type_name: D::NAME,
            replies: Replies {
                name: name.to_owned(),
                ..self.replies
            },
        }
    }
}

impl Faked {
    /// The name of the deployment in errors.
    pub(crate) fn name(&self) -> &str {
        &self.replies.name
    }
}

impl<D: Callable> Fake for Fakes<D> {
    type Deployment = D;

    fn into_fakes(self) -> Fakes<D> {
        self
    }
}

impl<D: Deployment> fmt::Debug for Fakes<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let methods = self.replies.methods.iter().map(|(method, _)| method);
        f.write_str(D::NAME)?;
        f.debug_set().entries(methods).finish()
    }
}

impl Replies {
    /// Answers a call; a panic of the closure becomes an error.
    pub(crate) fn call<A, T>(
        &self,
        method: &str,
        arguments: A,
    ) -> impl Future<Output = Result<T>> + use<A, T>
    where
        A: 'static,
        T: 'static,
    {
        let found = self.methods.iter().find(|(name, _)| *name == method);
        let reply = match found.and_then(|(_, closure)| closure.downcast_ref::<Closure<A, T>>()) {
            None => Reply::Now(Some(Err(self.missing(method)))),
            Some(closure) => unwound(|| closure(arguments))
                .unwrap_or_else(|payload| Reply::Now(Some(Err(Error::panicked(payload))))),
        };
        let reply = isolate(reply);
        async move {
            reply
                .await
                .unwrap_or_else(|payload| Err(Error::panicked(payload)))
        }
    }

    fn missing(&self, method: &str) -> Error {
        let name = &self.name;
        Error::failed(format!(
            "the fake of `{name}` has no closure for `{method}`\n\
             help: give its `fake()` a closure: `.{method}(|..| ..)`"
        ))
    }
}

/// Makes a handle whose calls a fake answers, to test a type that holds a handle.
///
/// ```
/// use serve_runtime::prelude::*;
/// use serve_runtime::testing;
///
/// #[deployment]
/// struct Classifier;
///
/// #[deployment]
/// impl Classifier {
///     fn new() -> Result<Self> {
///         Err(Error::failed("there are no weights on this machine"))
///     }
///
///     fn classify(&self, image: &[u8]) -> Vec<String> {
///         vec![format!("{} bytes", image.len())]
///     }
/// }
///
/// struct Dispatcher {
///     general: Handle<Classifier>,
/// }
///
/// impl Dispatcher {
///     async fn label(&self, image: Shared<Vec<u8>>) -> Result<String> {
///         Ok(self.general.classify(image).await?.join(" or "))
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// let general = Classifier::fake().classify(|_| vec!["cat".to_owned(), "dog".to_owned()]);
/// let dispatcher = Dispatcher { general: testing::handle(general) };
/// assert_eq!(dispatcher.label(Shared::new(vec![])).await?, "cat or dog");
/// # Ok(())
/// # }
/// ```
pub fn handle<F: Fake>(fake: F) -> Handle<F::Deployment> {
    let engine = Arc::new(<F::Deployment as Callable>::Engine::new());
    let faked = fake.into_fakes().named(F::Deployment::NAME);
    engine.fake_slot().set(faked.replies);
    F::Deployment::handle(&engine, Caller::Holder)
}
