//! Names for others to import.

pub use super::classifier::{Classifier as Dogs, ClassifierHandle as DogsHandle};
