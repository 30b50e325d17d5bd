//! Looks after calls that wait.
//!
//! Those that nobody polls are skipped, and how long the others will wait is learnt. Calls that wait while nothing moves are reported, with what keeps them and the
//! nodes that they are of. That is not an error by itself: a call may take that long. So the deployment stays healthy, and the calls wait on.

use std::fmt::Write;
use std::time::Duration;

use tokio::time::Instant;

use super::Run;
use super::pace::Pace;
use crate::engine::Line;

/// How often they are looked after. One that was woken, and for that long was not polled, is skipped.
const SECOND: Duration = Duration::from_secs(1);
/// How long nothing has to move.
const STANDSTILL: Duration = Duration::from_secs(30);

/// What is known about the lines of calls that wait.
pub(super) struct Watch {
    lines: Vec<Seen>,
    paces: Vec<Pace>,
    next_look: Instant,
    next_second: Instant,
}

/// A line as it was last seen.
struct Seen {
    line: Line,
    /// Since when none of its calls has begun.
    since: Instant,
}

impl Seen {
    fn new(line: Line) -> Self {
        let since = Instant::now();
        Seen { line, since }
    }

    fn stands(&self) -> bool {
        self.line.waiting > 0 && self.since.elapsed() >= STANDSTILL
    }
}

impl Run {
    /// Calls wait: looks from time to time whether they move on.
    pub(super) fn watch(&mut self) {
        let now = Instant::now();
        let lines = self.replicas.lines();
        self.watch = self.settings.watches.then(|| Watch {
            paces: lines.iter().copied().map(Pace::new).collect(),
            lines: lines.into_iter().map(Seen::new).collect(),
            next_look: now + STANDSTILL,
            next_second: now + SECOND,
        });
    }

    pub(super) fn next_look(&self) -> Option<Instant> {
        let watch = self.watch.as_ref()?;
        Some(watch.next_look.min(watch.next_second))
    }

    /// Lets other calls go before those that nobody polls, and learns how long calls will wait.
    pub(super) fn look_after_those_that_wait(&mut self) {
        let now = Instant::now();
        if let Some(watch) = self.watch.as_mut().filter(|it| it.next_second <= now) {
            watch.next_second = now + SECOND;
            self.replicas.skip_unpolled();
            let lines = watch.paces.iter_mut().zip(self.replicas.lines());
            let longest = lines.filter_map(|(pace, line)| pace.look(line)).max();
            self.role.expected_wait.set(longest);
        }
    }

    /// Warns again each time the age has doubled.
    pub(super) fn warn_of_a_standstill(&mut self) {
        let now = Instant::now();
        let Some(watch) = self.watch.as_mut().filter(|watch| watch.next_look <= now) else {
            return;
        };
        let lines = self.replicas.lines();
        if lines.iter().all(|line| line.waiting == 0) {
            self.watch = None;
            self.role.expected_wait.set(None);
            self.replicas.end_watch();
            if self.replicas.lines().iter().any(|line| line.waiting > 0) {
                self.watch();
            }
            return;
        }
        for (seen, line) in watch.lines.iter_mut().zip(lines) {
            match seen.line.begun == line.begun && seen.line.waiting > 0 {
                true => seen.line = line,
                false => *seen = Seen::new(line),
            }
        }
        let oldest = watch.lines.iter().filter(|seen| seen.stands());
        let age = oldest.map(|seen| now - seen.since).max();
        watch.next_look = now + age.unwrap_or(STANDSTILL);
        if let Some(message) = self.standstill_message() {
            tracing::warn!(deployment = %self.settings.name, "{message}");
        }
    }

    /// The message for the status.
    pub(super) fn standstill_message(&self) -> Option<String> {
        let mut lines = self.watch.as_ref()?.lines.iter();
        let Seen { line, since } = lines.find(|seen| seen.stands())?;
        let waiting = match line.waiting {
            1 => "1 waits".to_owned(),
            more => format!("{more} wait"),
        };
        let seconds = since.elapsed().as_secs();
        let keeps = keeps(line.ongoing, line.streams);
        let mut message = format!("no call has begun for {seconds} s, while {waiting}: {keeps}");
        for caller in &self.role.callers {
            let _ = write!(message, "\nnote: {caller}");
        }
        Some(message)
    }
}

/// What keeps a call from beginning.
fn keeps(ongoing: usize, streams: usize) -> String {
    match (ongoing, streams) {
        (0, _) => "no replica takes one".to_owned(),
        (1, 0) => "the one in flight has not ended".to_owned(),
        (1, _) => "the one in flight is a stream that is not read to its end".to_owned(),
        (ongoing, 0) => format!("the {ongoing} in flight have not ended"),
        (ongoing, streams) => format!(
            "the {ongoing} in flight have not ended, {streams} of them streams that are not read to their end"
        ),
    }
}
