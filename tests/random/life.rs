//! Counts values: how many there are, and how often they were cloned.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

static MADE: AtomicUsize = AtomicUsize::new(0);
static CLONED: AtomicUsize = AtomicUsize::new(0);
static DROPPED: AtomicUsize = AtomicUsize::new(0);

/// Far longer than a thread needs to drop what it holds.
const TOO_LONG: Duration = Duration::from_secs(5);

/// A text whose copies are counted.
#[derive(Debug, PartialEq)]
pub struct Tag(String);

impl Tag {
    pub fn new() -> Self {
        Tag::from(String::new())
    }

    pub fn text(&self) -> &str {
        &self.0
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn push(&mut self, text: &str) {
        self.0.push_str(text);
    }
}

impl From<String> for Tag {
    fn from(text: String) -> Self {
        MADE.fetch_add(1, Ordering::SeqCst);
        Tag(text)
    }
}

impl Clone for Tag {
    fn clone(&self) -> Self {
        CLONED.fetch_add(1, Ordering::SeqCst);
        Tag::from(self.0.clone())
    }
}

impl Drop for Tag {
    fn drop(&mut self) {
        DROPPED.fetch_add(1, Ordering::SeqCst);
    }
}

/// How many values there are.
pub fn alive() -> usize {
    let dropped = DROPPED.load(Ordering::SeqCst);
    MADE.load(Ordering::SeqCst) - dropped
}

/// How often values have been cloned.
pub fn cloned() -> usize {
    CLONED.load(Ordering::SeqCst)
}

/// Waits until there are as many values as before: threads may still hold some.
#[track_caller]
pub fn assert_alive(before: usize) {
    let began = Instant::now();
    while alive() != before {
        assert!(
            began.elapsed() < TOO_LONG,
            "{} values are alive, before there were {before}",
            alive()
        );
        std::thread::yield_now();
    }
}
