//! The items that `#[deployment]` was put on, parsed and checked.

use proc_macro2::Span;
use syn::{Attribute, Expr, Field, Generics, Ident, Path, Type, Visibility};

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
    /// `#[cfg]`s, which the generated items share.
    pub(crate) cfg: Vec<Attribute>,
    pub(crate) fields: Vec<Field>,
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
    /// Whether it holds handles: its calls may lead back to it.
    pub(crate) holds_handles: bool,
    /// Whether the arguments of `bind` are checked in its signature, which an editor shows.
    pub(crate) checks_arguments: bool,
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
    /// The value of `max_num_models_per_replica`.
    pub(crate) max: Option<Expr>,
    /// The error type in its `Result`, if it returns one.
    pub(crate) fallible: Option<Span>,
    /// The model's type.
    pub(crate) output: Type,
}

/// The methods that only the runtime calls.
#[derive(Default)]
pub(crate) struct Lifecycle {
    pub(crate) check_health: Option<Hook>,
    pub(crate) warm_up: Option<Hook>,
    pub(crate) reconfigure: Option<Hook>,
}

/// A function that only the runtime calls.
pub(crate) struct Hook {
    pub(crate) ident: Ident,
    pub(crate) cfg: Vec<Attribute>,
    pub(crate) is_async: bool,
    /// `&mut self`.
    pub(crate) exclusive: bool,
    /// The error type in its `Result`, if it returns one.
    pub(crate) fallible: Option<Span>,
    /// The parameter of `reconfigure`.
    pub(crate) config: Option<Param>,
}

/// The state of `bind`.
pub(crate) enum Bind {
    /// It takes the arguments of `new`.
    From(Constructor),
    /// `new` has an error, which was reported: a stand-in takes any arguments.
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
    /// The error type in its `Result`, if it returns one.
    pub(crate) fallible: Option<Span>,
    /// The place of its name.
    pub(crate) at: Span,
    /// The place of its output type.
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
    /// An `async fn` runs on the request's task, a `fn` on its replica's thread.
    pub(crate) is_async: bool,
    /// `&mut self`.
    pub(crate) exclusive: bool,
    /// The error type in its `Result`, if it returns one.
    pub(crate) fallible: Option<Span>,
    pub(crate) params: Vec<Param>,
    /// How it batches calls; its parameters and its output are then those of one call.
    pub(crate) batch: Option<Batch>,
    /// Set if it returns a stream; its output is then the stream.
    pub(crate) streams: Option<Streams>,
    /// It has an error, which was reported: its handle has the method, but does not call it.
    pub(crate) inert: bool,
    /// The type of the value for the next node: the `Ok` type of a fallible method.
    pub(crate) output: Type,
}

/// `#[batch(..)]` on a method, or on the function of a function deployment.
#[derive(Clone, Default)]
pub(crate) struct Batch {
    /// The options that were given, except `cost` and `group_by`.
    pub(crate) options: Options,
    /// The function that returns the cost of a call.
    pub(crate) cost: Option<Path>,
    /// The function that returns the group of a call.
    pub(crate) group_by: Option<Path>,
    /// The error type in the `Result` of one call, if each call has its own `Result`.
    pub(crate) fallible: Option<Span>,
}

/// The stream of a streaming method.
#[derive(Clone)]
pub(crate) struct Streams {
    /// The type of an item: the `Ok` type, if items may be errors.
    pub(crate) item: Type,
    /// The error type in an item's `Result`.
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
    /// Without lifetimes, because a call has lifetimes of its own.
    pub(crate) generics: Generics,
    pub(crate) function: Method,
}

/// The engine that runs a deployment: the runtime's `engine` module has the table.
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
