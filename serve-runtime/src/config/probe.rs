//! Detects whether a `user_config` can be in a file, without a bound on its type.
//!
//! `Probe::<C>::READ` is the associated constant of the bounded inherent impl if `C` fulfils the bound, and
//! otherwise the trait's constant, which every type has: rustc prefers inherent items. For a type parameter,
//! rustc knows the bounds that are in scope.

use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::config::{Read, Write, read, write};

/// How the `user_config` of a deployment is read from a file and written to one.
#[derive(Clone, Copy)]
pub struct UserConfigFormat {
    /// The name of its type, for errors.
    pub(crate) type_name: &'static str,
    pub(crate) read: Option<Read>,
    pub(crate) write: Option<Write>,
}

impl UserConfigFormat {
    /// The result of the probes of `C`.
    pub fn new<C>(reads: Reads, writes: Writes) -> Self {
        UserConfigFormat {
            type_name: std::any::type_name::<C>(),
            read: reads.0,
            write: writes.0,
        }
    }
}

/// The function that reads it, if it can be read.
pub struct Reads(Option<Read>);

/// The function that writes it, if it can be written.
pub struct Writes(Option<Write>);

/// Probes the type `C`.
pub struct Probe<C>(PhantomData<C>);

impl<C: DeserializeOwned + Send + Sync + 'static> Probe<C> {
    /// `C` can be read.
    pub const READ: Reads = Reads(Some(read::<C>));
}

impl<C: Serialize + 'static> Probe<C> {
    /// `C` can be written.
    pub const WRITE: Writes = Writes(Some(write::<C>));
}

/// The fallback for a type that cannot be read.
pub trait NotRead {
    /// `C` cannot be read.
    const READ: Reads = Reads(None);
}

impl<C> NotRead for Probe<C> {}

/// The fallback for a type that cannot be written.
pub trait NotWritten {
    /// `C` cannot be written.
    const WRITE: Writes = Writes(None);
}

impl<C> NotWritten for Probe<C> {}
