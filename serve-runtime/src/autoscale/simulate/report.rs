//! The report of a simulation: rows over time.

use std::fmt;
use std::time::Duration;

use super::cluster::Cluster;
use crate::autoscale::{Load, Replicas};

/// The report of a simulation. Its `Display` is a table.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Report {
    /// The rows, in the order of time.
    pub rows: Vec<Row>,
    /// The totals of the whole run.
    pub total: Total,
}

/// One span of time, and the state at its end.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Row {
    /// The second at which it ended.
    pub seconds: f64,
    /// How many requests arrived in it.
    pub arrived: usize,
    /// How many of them were refused because the queue was full.
    pub refused: usize,
    /// The replicas that take requests.
    pub running: u32,
    /// The replicas that start.
    pub starting: u32,
    /// The target number of replicas.
    pub target: u32,
    /// The requests that replicas work on.
    pub ongoing: usize,
    /// The requests that wait.
    pub queued: usize,
    /// The median latency of the requests answered in it, in seconds; `None` if none was answered.
    pub p50_s: Option<f64>,
    /// The 99th percentile of the latency of the requests answered in it, in seconds.
    pub p99_s: Option<f64>,
}

/// The totals of all rows.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Total {
    /// How many requests arrived.
    pub arrived: usize,
    /// How many of them were refused.
    pub refused: usize,
    /// The median latency, in seconds.
    pub p50_s: Option<f64>,
    /// The 99th percentile of the latency, in seconds.
    pub p99_s: Option<f64>,
    /// The sum of the seconds that replicas ran.
    pub replica_seconds: f64,
}

/// Collects the rows.
#[derive(Debug, Default)]
pub(super) struct Recorder {
    rows: Vec<Row>,
    arrived: usize,
    refused: usize,
    latencies: Vec<f64>,
    all: Vec<f64>,
    passed: Duration,
    replica_seconds: f64,
}

impl Recorder {
    /// Records that there were these replicas until `now`.
    pub(super) fn pass(&mut self, now: Duration, replicas: Replicas) {
        let passed = (now - self.passed).as_secs_f64();
        self.replica_seconds += passed * f64::from(replicas.running);
        self.passed = now;
    }

    pub(super) fn arrived(&mut self, is_refused: bool) {
        self.arrived += 1;
        self.refused += usize::from(is_refused);
    }

    pub(super) fn answered(&mut self, latency: Duration) {
        self.latencies.push(latency.as_secs_f64());
    }

    /// Ends a row, unless the last row ended at the same time.
    pub(super) fn close(&mut self, now: Duration, cluster: &Cluster) {
        let seconds = now.as_secs_f64();
        if self.rows.last().is_some_and(|row| row.seconds == seconds) {
            return;
        }
        let Replicas { running, target } = cluster.replicas();
        let Load { ongoing, queued } = cluster.load();
        self.latencies.sort_by(f64::total_cmp);
        self.rows.push(Row {
            seconds,
            arrived: std::mem::take(&mut self.arrived),
            refused: std::mem::take(&mut self.refused),
            running,
            starting: cluster.starting(),
            target,
            ongoing,
            queued,
            p50_s: percentile(&self.latencies, 50),
            p99_s: percentile(&self.latencies, 99),
        });
        self.all.append(&mut self.latencies);
    }

    pub(super) fn report(mut self) -> Report {
        self.all.sort_by(f64::total_cmp);
        let total = Total {
            arrived: self.rows.iter().map(|row| row.arrived).sum(),
            refused: self.rows.iter().map(|row| row.refused).sum(),
            p50_s: percentile(&self.all, 50),
            p99_s: percentile(&self.all, 99),
            replica_seconds: self.replica_seconds,
        };
        Report {
            rows: self.rows,
            total,
        }
    }
}

/// The smallest value that at least `percent` of the values do not exceed.
fn percentile(sorted: &[f64], percent: usize) -> Option<f64> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.checked_sub(1)?).copied()
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = [
            "seconds", "arrived", "refused", "running", "starting", "target", "ongoing", "queued",
            "p50 ms", "p99 ms",
        ];
        line(f, head.map(str::to_owned))?;
        for row in &self.rows {
            line(
                f,
                [
                    format!("{:.0}", row.seconds),
                    row.arrived.to_string(),
                    row.refused.to_string(),
                    row.running.to_string(),
                    row.starting.to_string(),
                    row.target.to_string(),
                    row.ongoing.to_string(),
                    row.queued.to_string(),
                    milliseconds(row.p50_s),
                    milliseconds(row.p99_s),
                ],
            )?;
        }
        let total = &self.total;
        let seconds = self.rows.last().map_or(0.0, |row| row.seconds);
        let replicas = match seconds > 0.0 {
            true => total.replica_seconds / seconds,
            false => 0.0,
        };
        write!(
            f,
            "\n{} requests, {} refused; p50 {} ms, p99 {} ms; {replicas:.2} replicas on average",
            total.arrived,
            total.refused,
            milliseconds(total.p50_s),
            milliseconds(total.p99_s),
        )
    }
}

fn line(f: &mut fmt::Formatter<'_>, cells: [String; 10]) -> fmt::Result {
    let cells = cells.map(|cell| format!("{cell:>8}"));
    writeln!(f, "{}", cells.join(" "))
}

fn milliseconds(seconds: Option<f64>) -> String {
    seconds.map_or("-".to_owned(), |seconds| format!("{:.0}", seconds * 1e3))
}

#[cfg(test)]
mod tests {
    use super::percentile;

    #[test]
    fn a_percentile_is_one_of_the_values() {
        assert_eq!(percentile(&[], 50), None);
        assert_eq!(percentile(&[4.0], 99), Some(4.0));
        let hundred: Vec<f64> = (1..=100).map(f64::from).collect();
        assert_eq!(percentile(&hundred, 50), Some(50.0));
        assert_eq!(percentile(&hundred, 99), Some(99.0));
        assert_eq!(percentile(&hundred[..10], 99), Some(10.0));
    }
}
