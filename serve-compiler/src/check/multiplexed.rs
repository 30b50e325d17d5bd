//! The options of `#[multiplexed(..)]`.

use serve_topology::options::MultiplexedOption;

use super::options::{keep_in_range, keep_known};
use crate::ir::deployment::Options;
use crate::report::Report;

/// The valid options.
pub(crate) fn options(options: Options, report: &mut Report) -> Options {
    let options = keep_known(options, &MultiplexedOption::names(), report);
    keep_in_range(options, MultiplexedOption::spec_named, report)
}
