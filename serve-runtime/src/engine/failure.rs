//! Why a deployment has been given up.

use std::sync::{Mutex, PoisonError};

use crate::Error;

/// The cause, while there is one.
#[derive(Debug, Default)]
pub(crate) struct Failure(Mutex<Option<String>>);

impl Failure {
    pub(crate) fn set(&self, cause: Option<&str>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = cause.map(str::to_owned);
    }

    /// What calls are told.
    pub(crate) fn get(&self) -> Option<Error> {
        let cause = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        cause.clone().map(Error::unavailable)
    }
}
