//! What `#[deployment]` was put on, understood.

use proc_macro2::Span;
use syn::{Attribute, Expr, Generics, Ident, Path, Type, Visibility};

/// The options of `#[deployment(..)]`: the ones that were given.
#[derive(Clone, Default)]
pub(crate) struct Options(pub(crate) Vec<GivenOption>);

/// One `key = value`.
#[derive(Clone)]
pub(crate) struct GivenOption {
    pub(crate) key: Ident,
    pub(crate) value: Expr,
}

impl Options {
    /// Whether an option was given.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// An option, if it was given.
    pub(crate) fn get(&self, key: &str) -> Option<&GivenOption> {
        self.0.iter().find(|option| option.key == key)
    }
}

/// `#[deployment(..)]` on a `struct` or `enum`.
pub(crate) struct DeploymentType {
    pub(crate) vis: Visibility,
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    /// `#[cfg]`s, which what is generated must share.
    pub(crate) cfg: Vec<Attribute>,
    pub(crate) options: Options,
}

/// `#[deployment]` on an inherent `impl` block.
pub(crate) struct DeploymentImpl {
    pub(crate) self_ty: Type,
    /// The type's path, for naming its handle.
    pub(crate) self_path: syn::Path,
    pub(crate) generics: Generics,
    pub(crate) cfg: Vec<Attribute>,
    pub(crate) bind: Bind,
    pub(crate) methods: Vec<Method>,
    pub(crate) lifecycle: Lifecycle,
    pub(crate) loaders: Vec<Loader>,
}

/// `#[multiplexed(..)]` on a method: it loads a model.
pub(crate) struct Loader {
    pub(crate) vis: Visibility,
    /// Doc comments and `#[cfg]`s.
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) ident: Ident,
    pub(crate) is_async: bool,
    /// The name of its parameter.
    pub(crate) model_id: Ident,
    /// What `max_num_models_per_replica` was given.
    pub(crate) max: Option<Expr>,
    /// Where the error type of its `Result` is written, if it returns one.
    pub(crate) fallible: Option<Span>,
    /// The model's type.
    pub(crate) output: Type,
}

/// What the runtime alone calls.
#[derive(Default)]
pub(crate) struct Lifecycle {
    pub(crate) check_health: Option<Hook>,
    pub(crate) reconfigure: Option<Hook>,
}

/// A function that the runtime alone calls.
pub(crate) struct Hook {
    pub(crate) ident: Ident,
    pub(crate) cfg: Vec<Attribute>,
    pub(crate) is_async: bool,
    /// `&mut self`.
    pub(crate) exclusive: bool,
    /// Where the error type of its `Result` is written, if it returns one.
    pub(crate) fallible: Option<Span>,
    /// What `reconfigure` takes.
    pub(crate) config: Option<Param>,
}

/// What becomes of `bind`.
pub(crate) enum Bind {
    /// It takes what `new` takes.
    From(Constructor),
    /// Something of `new` is wrong, which was reported: a stand-in that takes anything.
    Poison(Box<Type>),
    /// The user has a method of that name, which was reported.
    Taken,
}

/// The function `new`.
pub(crate) struct Constructor {
    pub(crate) vis: Visibility,
    /// Doc comments and `#[cfg]`s.
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) is_async: bool,
    /// Where the error type of its `Result` is written, if it returns one.
    pub(crate) fallible: Option<Span>,
    /// Where its output is written.
    pub(crate) returns: Span,
    pub(crate) params: Vec<Param>,
}

/// A callable method, or the function of a function deployment.
#[derive(Clone)]
pub(crate) struct Method {
    pub(crate) vis: Visibility,
    /// Doc comments and `#[cfg]`s.
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) ident: Ident,
    /// The user's name for it.
    pub(crate) at: Ident,
    /// An `async fn` runs in place, a `fn` on its replica's thread.
    pub(crate) is_async: bool,
    /// `&mut self`.
    pub(crate) exclusive: bool,
    /// Where the error type of its `Result` is written, if it returns one.
    pub(crate) fallible: Option<Span>,
    pub(crate) params: Vec<Param>,
    /// How it gathers calls; its parameters and its output are those of one call then.
    pub(crate) batch: Option<Batch>,
    /// That it gives its result piece by piece; its output is the stream then.
    pub(crate) streams: Option<Streams>,
    /// Something is wrong with it, which was reported: its handle has it, but does not call it.
    pub(crate) inert: bool,
    /// The type that goes on: the `Ok` type of a fallible method.
    pub(crate) output: Type,
}

/// `#[batch(..)]` on a method, or on the function of a function deployment.
#[derive(Clone, Default)]
pub(crate) struct Batch {
    /// What was given, `cost` and `group_by` aside.
    pub(crate) options: Options,
    /// The function that says what a call costs.
    pub(crate) cost: Option<Path>,
    /// The function that says which group a call belongs to.
    pub(crate) group_by: Option<Path>,
    /// Where the error type of the `Result` of one call is written, if each has one of its own.
    pub(crate) fallible: Option<Span>,
}

/// What a streaming method gives.
#[derive(Clone)]
pub(crate) struct Streams {
    /// The type of an item: the `Ok` type, if items may be errors.
    pub(crate) item: Type,
    /// Where the error type of an item's `Result` is written.
    pub(crate) fallible: Option<Span>,
}

impl Streams {
    pub(crate) fn of(item: Type, fallible: Option<Span>) -> Self {
        Streams { item, fallible }
    }
}

/// A parameter, without the receiver.
#[derive(Clone)]
pub(crate) struct Param {
    /// Its name, or a made-up one if it is a pattern.
    pub(crate) ident: Ident,
    pub(crate) passing: Passing,
}

/// How a parameter takes its value.
#[derive(Clone)]
pub(crate) enum Passing {
    /// `T`.
    Value(Type),
    /// `&T`; the type is the owned one of `T`: `PathBuf` for `&Path`.
    Reference { owned: Type, written: Box<Type> },
}

/// `#[deployment(..)]` on a `fn` or `async fn`.
pub(crate) struct DeploymentFn {
    pub(crate) options: Options,
    /// Without lifetimes, which a call has of its own.
    pub(crate) generics: Generics,
    pub(crate) function: Method,
}

/// Which engine runs a deployment: the runtime's `replica` module has the table.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Bare,
    InPlace { locked: bool },
    Compute,
    Mixed { locked: bool },
}

impl Engine {
    /// The engine for a set of methods.
    pub(crate) fn of(methods: &[Method], lifecycle: &Lifecycle) -> Self {
        let reconfigure = lifecycle.reconfigure.as_ref();
        let locked = methods.iter().any(|method| method.exclusive)
            || reconfigure.is_some_and(|reconfigure| reconfigure.exclusive);
        let in_place = methods.iter().any(|method| method.is_async);
        let compute = methods.iter().any(|method| !method.is_async);
        match (in_place, compute) {
            (false, true) => Engine::Compute,
            (true, true) => Engine::Mixed { locked },
            (_, false) => Engine::InPlace { locked },
        }
    }

    /// Whether replicas are behind a lock.
    pub(crate) fn locked(self) -> bool {
        matches!(
            self,
            Engine::InPlace { locked: true } | Engine::Mixed { locked: true }
        )
    }
}
