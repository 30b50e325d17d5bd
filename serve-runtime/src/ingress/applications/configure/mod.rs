//! Brings a configuration into force: all of it is checked before anything changes.
//!
//! ```text
//! Config -> meant: which application, or which graph -> start: bound applications
//!                                                    -> running: options change, new ones come, others go
//! ```

mod meant;
mod running;
mod start;

pub(crate) use start::apply;

use crate::{Error, Result};

/// All results, or what is wrong with any of them.
fn all<T>(results: impl Iterator<Item = Result<T>>) -> Result<Vec<T>> {
    let (mut done, mut wrong) = (Vec::new(), Vec::new());
    for result in results {
        match result {
            Ok(value) => done.push(value),
            Err(error) => wrong.push(error),
        }
    }
    match wrong_of(&wrong) {
        None => Ok(done),
        Some(error) => Err(error),
    }
}

/// Both results, or what is wrong with either.
fn both<A, B>(one: Result<A>, other: Result<B>) -> Result<(A, B)> {
    match (one, other) {
        (Ok(one), Ok(other)) => Ok((one, other)),
        (one, other) => {
            let wrong: Vec<Error> = one.err().into_iter().chain(other.err()).collect();
            Err(wrong_of(&wrong).unwrap_or_else(|| Error::failed("nothing is wrong")))
        }
    }
}

/// One error with the messages of all.
fn wrong_of(wrong: &[Error]) -> Option<Error> {
    let messages: Vec<&str> = wrong.iter().map(Error::message).collect();
    let kind = wrong.first()?.kind();
    Some(Error::new(kind, messages.join("\n")))
}
