//! How many replicas there should be: a function of the load, and of what it said before.
//!
//! The rules of Ray Serve's [`replica_queue_length_autoscaling_policy`][ray], in its order:
//!
//! 1. **Nothing runs:** if anything waits, one replica is started at once, more if `upscaling_factor` is
//!    more than 1; no delay applies.
//! 2. **Wanted:** the load over `target_ongoing_requests`.
//! 3. **Factors:** of the way from what runs to what is wanted, `upscaling_factor` or
//!    `downscaling_factor` is gone, and the result rounded up. A way down goes down by one at least.
//! 4. **Bounds:** `min_replicas` to `max_replicas`.
//! 5. **Delays:** the target changes once every decision for `upscale_delay`, or `downscale_delay`,
//!    was to go that way. To zero it goes from one only, after `downscale_to_zero_delay`.
//!
//! The average may be older than the last call, so one thing is added: nothing is scaled to zero while
//! there is a call. In place of Ray's count of decisions, which are a tenth of a second apart, the delays are times: who
//! decides more or less often gets the same delays.
//!
//! [ray]: https://github.com/ray-project/ray/blob/master/python/ray/serve/autoscaling_policy.py

use std::time::Duration;

use serve_topology::AutoscalingConfig;

/// What is to be decided on.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Observation {
    /// The time since some fixed moment.
    pub now: Duration,
    /// How many replicas take calls.
    pub running: u32,
    /// How many there are to be, as decided before.
    pub target: u32,
    /// The calls at replicas and those that wait, averaged over `look_back_period`.
    pub average: f64,
    /// Whether there is any call now.
    pub is_busy: bool,
}

impl Observation {
    /// No calls, at that time.
    pub const fn new(now: Duration, running: u32, target: u32) -> Self {
        Observation {
            now,
            running,
            target,
            average: 0.0,
            is_busy: false,
        }
    }

    /// The same with this average load.
    #[must_use]
    pub const fn average(mut self, average: f64) -> Self {
        self.average = average;
        self
    }

    /// The same with calls now, or without.
    #[must_use]
    pub const fn is_busy(mut self, is_busy: bool) -> Self {
        self.is_busy = is_busy;
        self
    }
}

/// What a decision leaves for the next one: since when all of them would go the same way.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct State {
    pending: Option<(Direction, Duration)>,
}

/// How many replicas there are to be, and what the next decision has to know.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Decision {
    /// The number of replicas, within the bounds of the configuration.
    pub target: u32,
    /// For the next decision.
    pub state: State,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Direction {
    Up,
    Down,
}

/// Decides how many replicas there are to be.
pub fn decide(config: &AutoscalingConfig, state: State, seen: Observation) -> Decision {
    let Observation {
        running, target, ..
    } = seen;
    if running == 0 {
        let woken = if seen.is_busy {
            ceil(config.upscaling_factor).max(target)
        } else {
            target
        };
        // Ray Serve's counter stands still meanwhile. A time would go on, so it starts anew.
        return Decision {
            target: bounded(config, woken),
            state: State::default(),
        };
    }
    let wanted = scaled(config, running, wanted(config, seen.average));
    // The average may be as old as `metrics_interval`: the last replica does not go while it works.
    let wanted = bounded(config, wanted.max(u32::from(seen.is_busy)));
    let (target, state) = delayed(config, state, seen, wanted);
    Decision {
        target: bounded(config, target),
        state,
    }
}

/// What the load needs; not a whole number.
fn wanted(config: &AutoscalingConfig, average: f64) -> f64 {
    average / config.target_ongoing_requests
}

/// As much of the way from `running` to `wanted` as the factors allow.
fn scaled(config: &AutoscalingConfig, running: u32, wanted: f64) -> u32 {
    let from = f64::from(running);
    let way = wanted - from;
    let factor = match way > 0.0 {
        true => config.upscaling_factor,
        false => config.downscaling_factor,
    };
    let scaled = ceil(from + factor * way);
    let is_stuck = ceil(wanted) < running && scaled == running;
    if is_stuck { running - 1 } else { scaled }
}

/// The target once it was pending for long enough; until then, the one that there is.
fn delayed(
    config: &AutoscalingConfig,
    state: State,
    seen: Observation,
    wanted: u32,
) -> (u32, State) {
    let target = seen.target;
    let (direction, delay, wanted) = if wanted > target {
        (Direction::Up, config.upscale_delay, wanted)
    } else if wanted == target {
        return (target, State::default());
    } else if target == 1 {
        let to_zero = config.downscale_to_zero_delay;
        let delay = to_zero.unwrap_or(config.downscale_delay);
        (Direction::Down, delay, wanted)
    } else {
        (Direction::Down, config.downscale_delay, wanted.max(1))
    };
    let since = match state.pending {
        Some((pending, since)) if pending == direction => since,
        _ => seen.now,
    };
    if seen.now.saturating_sub(since) >= delay {
        return (wanted, State::default());
    }
    let pending = Some((direction, since));
    (target, State { pending })
}

fn bounded(config: &AutoscalingConfig, replicas: u32) -> u32 {
    // Not `clamp`, which panics where the bounds are the wrong way round.
    replicas.min(config.max_replicas).max(config.min_replicas)
}

/// The next whole number; what is less than 0 is 0. An error of the last digits adds no replica.
fn ceil(replicas: f64) -> u32 {
    (replicas - 1e-9).ceil() as u32
}

#[cfg(test)]
mod tests;
