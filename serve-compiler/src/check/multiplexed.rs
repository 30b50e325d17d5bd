//! The options of `#[multiplexed(..)]`.

use super::options::{Takes, fits, keep_known};
use crate::ir::deployment::{GivenOption, Options};
use crate::report::Report;

/// The options of a loader, on `#[multiplexed(..)]`.
const MULTIPLEXED_OPTIONS: [(&str, Takes); 1] = [("max_num_models_per_replica", Takes::Count)];

/// The options that stand.
pub(crate) fn options(options: Options, report: &mut Report) -> Options {
    let known = MULTIPLEXED_OPTIONS.map(|(name, _)| name);
    let options = keep_known(options, &known, report).0;
    let stands =
        |option: &GivenOption| fits(&MULTIPLEXED_OPTIONS, &option.key, &option.value, report);
    Options(options.into_iter().filter(stands).collect())
}
