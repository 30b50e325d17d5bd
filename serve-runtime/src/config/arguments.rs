//! The arguments of a graph function, from a file.
//!
//! Generated code does not name their types, since an error in one would be reported once more: they are those of the
//! function. A type that serde can read is taken, and any other is refused by name: as
//! [`probe`](crate::config::probe) does, but by methods, for which rustc does not need to name the type.

use std::marker::PhantomData;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use serve_topology::nearest;

use crate::{Error, Result};

/// The arguments that a file has, and what is wrong with those that were taken.
pub struct Arguments {
    given: Map<String, Value>,
    names: Vec<&'static str>,
    wrong: Vec<String>,
}

impl Arguments {
    #[cfg(feature = "http")]
    pub(crate) fn new(given: Map<String, Value>) -> Self {
        Arguments {
            given,
            names: Vec::new(),
            wrong: Vec::new(),
        }
    }

    /// Fails if an argument is missing, wrong, or none of the function's.
    pub fn check(&mut self) -> Result<()> {
        for name in self.given.keys() {
            let help = match nearest(name, self.names.iter().copied()) {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None if self.names.is_empty() => "the graph takes none".to_owned(),
                None => format!("the arguments are `{}`", self.names.join("`, `")),
            };
            self.wrong
                .push(format!("`args` has an unknown `{name}`\nhelp: {help}"));
        }
        match self.wrong.is_empty() {
            true => Ok(()),
            false => Err(Error::invalid_input(self.wrong.join("\n"))),
        }
    }

    fn take<A>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(Value) -> Result<A, String>,
    ) -> Option<A> {
        self.names.push(name);
        // One that may be absent is `null`.
        let given = self.given.remove(name);
        let is_missing = given.is_none();
        match read(given.unwrap_or_default()) {
            Ok(argument) => Some(argument),
            Err(_) if is_missing => {
                self.wrong.push(format!("`args` has no `{name}`"));
                None
            }
            Err(wrong) => {
                self.wrong.push(format!("`args.{name}`{wrong}"));
                None
            }
        }
    }
}

/// A parameter of that type.
pub struct Parameter<A>(PhantomData<fn() -> A>);

/// A parameter that can be read from a file.
pub trait Taken<A> {
    /// Reads it.
    fn __take(&self, arguments: &mut Arguments, name: &'static str) -> Result<A>;
}

impl<A: DeserializeOwned> Taken<A> for Parameter<A> {
    fn __take(&self, arguments: &mut Arguments, name: &'static str) -> Result<A> {
        let read = |value: Value| {
            serde_path_to_error::deserialize(value).map_err(|error| {
                let path = error.path().to_string();
                let path = if path == "." {
                    String::new()
                } else {
                    format!(" at `{path}`")
                };
                format!("{path}: {}", error.into_inner())
            })
        };
        arguments.take(name, read).ok_or_else(reported)
    }
}

/// A parameter that cannot.
pub trait NotTaken<A> {
    /// Refuses it.
    fn __take(&self, arguments: &mut Arguments, name: &'static str) -> Result<A>;
}

impl<A> NotTaken<A> for &Parameter<A> {
    fn __take(&self, arguments: &mut Arguments, name: &'static str) -> Result<A> {
        let ty = std::any::type_name::<A>();
        arguments.names.push(name);
        arguments.given.remove(name);
        arguments.wrong.push(format!(
            "`args.{name}` is a `{ty}`, which cannot be read from a file\nhelp: derive `serde::Deserialize` for it, or bind the application in code"
        ));
        Err(reported())
    }
}

/// [`Arguments::check`] returns all errors at once.
fn reported() -> Error {
    Error::invalid_input("an argument is wrong")
}

macro_rules! parameters {
    ($($name:ident: $($A:ident)*;)*) => { $(
        /// The types of a function's parameters.
        #[allow(clippy::unused_unit)]
        pub fn $name<$($A,)* R>(_: &impl FnOnce($($A),*) -> R) -> ($(Parameter<$A>,)*) {
            ($(Parameter::<$A>(PhantomData),)*)
        }
    )* };
}

parameters! {
    parameters_0: ;
    parameters_1: A;
    parameters_2: A B;
    parameters_3: A B C;
    parameters_4: A B C D;
    parameters_5: A B C D E;
    parameters_6: A B C D E F;
    parameters_7: A B C D E F G;
    parameters_8: A B C D E F G H;
    parameters_9: A B C D E F G H I;
    parameters_10: A B C D E F G H I J;
    parameters_11: A B C D E F G H I J K;
    parameters_12: A B C D E F G H I J K L;
}
