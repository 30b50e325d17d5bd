//! Pauses that differ, so that what failed together is not tried together again.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

/// From four fifths of a time up to all of it.
pub(crate) fn jittered(time: Duration) -> Duration {
    let random = RandomState::new().build_hasher().finish(); // its keys are random
    let part = (random >> 11) as f64 / (1u64 << 53) as f64;
    time.mul_f64(0.8 + 0.2 * part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_differ_and_are_never_longer() {
        let second = Duration::from_secs(1);
        let pauses: Vec<Duration> = (0..100).map(|_| jittered(second)).collect();
        assert!(
            pauses
                .iter()
                .all(|it| (0.8..=1.0).contains(&it.as_secs_f64()))
        );
        assert!(pauses.iter().any(|it| *it != pauses[0]));
    }
}
