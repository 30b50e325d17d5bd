//! Where the log goes.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// Logs to standard error, as `RUST_LOG` says or from `level` on. A subscriber that the program has
/// installed itself stays.
pub(super) fn start(level: &str) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .try_init();
}
