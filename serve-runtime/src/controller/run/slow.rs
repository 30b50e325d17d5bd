//! Reports replicas that take long to start. They are still waited for: only their constructor knows how long
//! it may take.

use std::time::Duration;

use tokio::time::Instant;

use super::Run;
use crate::controller::record::Record;
use crate::engine::ReplicaId;

/// How long a start may take before it is reported as slow, as in Ray Serve.
const SLOW: Duration = Duration::from_secs(30);
/// No warnings after that time: if one has not been read by then, the next one will not be either.
const LAST_WARNING: Duration = Duration::from_secs(24 * 60 * 60);

/// When the next warning is due.
pub(super) struct SlowStarts {
    /// The age of the oldest start at the next warning.
    after: Duration,
}

impl SlowStarts {
    pub(super) fn new() -> Self {
        SlowStarts { after: SLOW }
    }
}

impl Run {
    /// When the oldest start has that age.
    pub(super) fn next_slow_warning(&self) -> Option<Instant> {
        let after = self.slow_starts.after;
        let may_warn = self.settings.watches && after <= LAST_WARNING;
        may_warn.then(|| self.oldest_start())??.checked_add(after)
    }

    /// Warns again each time the age has doubled.
    pub(super) fn warn_of_slow_starts(&mut self) {
        let now = Instant::now();
        if self.next_slow_warning().is_none_or(|due| due > now) {
            return;
        }
        let (name, replicas) = (&self.settings.name, self.slow());
        let replicas: Vec<u64> = replicas.iter().map(|id| id.0).collect();
        let seconds = self
            .oldest_start()
            .map_or(0, |begun| (now - begun).as_secs());
        tracing::warn!(
            deployment = %name,
            ?replicas,
            seconds,
            "replicas are still starting: `new` or `reconfigure` is slow or stuck"
        );
        self.slow_starts.after = Duration::from_secs(seconds).saturating_mul(2).max(SLOW);
    }

    /// The message for the status.
    pub(super) fn slow_message(&self) -> Option<String> {
        let slow = self.slow();
        let replicas = match &slow[..] {
            [] => return None,
            [_] => "1 replica has been",
            more => &format!("{} replicas have been", more.len()),
        };
        let limit = SLOW.as_secs();
        Some(format!(
            "{replicas} starting for more than {limit} s\n\
             note: `new` or `reconfigure` is slow or stuck"
        ))
    }

    /// Those that are still starting after a long time.
    fn slow(&self) -> Vec<ReplicaId> {
        let is_slow = |record: &&Record| record.is_starting() && record.begun.elapsed() >= SLOW;
        let slow = self.records.values().filter(is_slow);
        slow.map(|record| record.id).collect()
    }

    fn oldest_start(&self) -> Option<Instant> {
        let starting = self.records.values().filter(|record| record.is_starting());
        starting.map(|record| record.begun).min()
    }

    /// Where none is starting, the next one has its full time.
    pub(super) fn forget_slow_starts(&mut self) {
        if self.oldest_start().is_none() {
            self.slow_starts = SlowStarts::new();
        }
    }
}
