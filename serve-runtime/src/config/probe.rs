//! Whether a `user_config` can be in a file, which is found out rather than asked for.
//!
//! `Probe::<C>::READ` is the associated constant of the impl with a bound where `C` fulfils it, and else the
//! trait's, which any type has: rustc prefers what is not a trait's. Of a type parameter, it knows the bounds
//! that are in scope.

use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::config::{Read, Write, read, write};

/// How a file has the `user_config` of a deployment.
#[derive(Clone, Copy)]
pub struct UserConfigFormat {
    /// Its type's name, for errors.
    pub(crate) type_name: &'static str,
    pub(crate) read: Option<Read>,
    pub(crate) write: Option<Write>,
}

impl UserConfigFormat {
    /// What the probes of `C` found.
    pub fn new<C>(reads: Reads, writes: Writes) -> Self {
        UserConfigFormat {
            type_name: std::any::type_name::<C>(),
            read: reads.0,
            write: writes.0,
        }
    }
}

/// How something is read, if it can be.
pub struct Reads(Option<Read>);

/// How something is written, if it can be.
pub struct Writes(Option<Write>);

/// Looks at the type `C`.
pub struct Probe<C>(PhantomData<C>);

impl<C: DeserializeOwned + Send + Sync + 'static> Probe<C> {
    /// It can be read.
    pub const READ: Reads = Reads(Some(read::<C>));
}

impl<C: Serialize + 'static> Probe<C> {
    /// It can be written.
    pub const WRITE: Writes = Writes(Some(write::<C>));
}

/// What cannot be read.
pub trait NotRead {
    /// It cannot.
    const READ: Reads = Reads(None);
}

impl<C> NotRead for Probe<C> {}

/// What cannot be written.
pub trait NotWritten {
    /// It cannot.
    const WRITE: Writes = Writes(None);
}

impl<C> NotWritten for Probe<C> {}
