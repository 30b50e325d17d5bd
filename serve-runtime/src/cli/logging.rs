//! Where the log goes.

use std::io::IsTerminal;

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Logs to standard error, from `level` on or as `RUST_LOG` says, as in `warn,my_crate=debug`. A subscriber
/// that the program has already installed stays.
pub(super) fn start(level: LevelFilter) {
    let filter = std::env::var("RUST_LOG").ok();
    // Not the `EnvFilter`: matching fields takes a regex engine, which takes 6 s to build.
    let filter = filter.and_then(|filter| filter.parse::<Targets>().ok());
    let filter = filter.unwrap_or_else(|| Targets::new().with_default(level));
    let _ = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .finish()
        .with(filter)
        .try_init();
}
