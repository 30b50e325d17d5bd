//! Says so of replicas that take long to be built. They are waited for all the same: nobody but their
//! constructor knows how long it may take.

use std::time::Duration;

use tokio::time::Instant;

use super::Run;
use crate::controller::record::Record;
use crate::engine::ReplicaId;

/// How long a replica may take to be built before it is said to be slow, as in Ray Serve.
const SLOW: Duration = Duration::from_secs(30);
/// Nobody reads on who has not read by then.
const LAST_WARNING: Duration = Duration::from_secs(24 * 60 * 60);

/// When the log is told next.
pub(super) struct SlowStarts {
    /// Once the oldest that is being built has taken that long.
    after: Duration,
}

impl SlowStarts {
    pub(super) fn new() -> Self {
        SlowStarts { after: SLOW }
    }
}

impl Run {
    /// When the oldest of those that are being built has taken long enough.
    pub(super) fn next_slow_warning(&self) -> Option<Instant> {
        let after = self.slow_starts.after;
        let may_warn = self.settings.watches_starts && after <= LAST_WARNING;
        may_warn.then(|| self.oldest_start())??.checked_add(after)
    }

    /// Each time at twice the age of the time before.
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
            "replicas take long to be built: a `new` or a `reconfigure` may be slow, or hang"
        );
        self.slow_starts.after = Duration::from_secs(seconds).saturating_mul(2).max(SLOW);
    }

    /// What the status says of them.
    pub(super) fn slow_message(&self) -> Option<String> {
        let slow = self.slow();
        let replicas = match &slow[..] {
            [] => return None,
            [_] => "1 replica has",
            more => &format!("{} replicas have", more.len()),
        };
        let limit = SLOW.as_secs();
        Some(format!(
            "{replicas} taken more than {limit} s to be built\n\
             note: a `new` or a `reconfigure` may be slow, or hang"
        ))
    }

    /// Those that have taken long, and are not there yet.
    fn slow(&self) -> Vec<ReplicaId> {
        let is_slow = |record: &&Record| record.is_starting() && record.begun.elapsed() >= SLOW;
        let slow = self.records.values().filter(is_slow);
        slow.map(|record| record.id).collect()
    }

    fn oldest_start(&self) -> Option<Instant> {
        let starting = self.records.values().filter(|record| record.is_starting());
        starting.map(|record| record.begun).min()
    }

    /// Where none is being built, the next one has its time from the beginning.
    pub(super) fn forget_slow_starts(&mut self) {
        if self.oldest_start().is_none() {
            self.slow_starts = SlowStarts::new();
        }
    }
}
