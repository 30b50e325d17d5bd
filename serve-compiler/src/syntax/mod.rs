//! Tokens to spanned syntax, without checking what it means.

pub(crate) mod autoscaling;
pub(crate) mod batch;
pub(crate) mod borrowing;
pub(crate) mod deployment;
pub(crate) mod entry;
pub(crate) mod graph;
mod half_typed;
pub(crate) mod macro_args;
pub(crate) mod multiplexed;
pub(crate) mod no_generics;
pub(crate) mod options;
pub(crate) mod owned;
pub(crate) mod pattern;
pub(crate) mod route;
pub(crate) mod takes;
pub(crate) mod time;
pub(crate) mod tokens;
pub(crate) mod ungroup;
