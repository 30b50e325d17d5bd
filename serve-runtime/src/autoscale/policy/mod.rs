//! How many replicas there should be: a function of the load and of its own last state.
//!
//! The rules of Ray Serve's [`replica_queue_length_autoscaling_policy`][ray], in its order:
//!
//! 1. **No replica runs:** if a call waits, one replica is started at once, or more if `upscaling_factor` is
//!    above 1; no delay applies.
//! 2. **Wanted:** the load divided by `target_ongoing_requests`.
//! 3. **Factors:** the difference between the running and the wanted number is multiplied by
//!    `upscaling_factor` or `downscaling_factor`, and the result is rounded up. Scaling down removes at least one.
//! 4. **Bounds:** `min_replicas` to `max_replicas`.
//! 5. **Delays:** the target changes once every decision for `upscale_delay` or `downscale_delay` had the same
//!    direction. Zero is reached only from one, after `downscale_to_zero_delay`.
//!
//! The average may be older than the last call, so this policy adds one rule: it does not scale to zero while
//! there is a call. Ray counts decisions, which are a tenth of a second apart; here the delays are times, so a
//! caller that decides more or less often gets the same delays.
//!
//! [ray]: https://github.com/ray-project/ray/blob/master/python/ray/serve/autoscaling_policy.py

use std::time::Duration;

use serve_topology::AutoscalingConfig;

/// The input of a decision.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Observation {
    /// The time since some fixed moment.
    pub now: Duration,
    /// How many replicas take calls.
    pub running: u32,
    /// The target, as decided before.
    pub target: u32,
    /// The calls at replicas and the waiting calls, averaged over `look_back_period`.
    pub average: f64,
    /// Whether there is any call now.
    pub is_busy: bool,
}

impl Observation {
    /// An observation at the time `now`, without calls.
    pub const fn new(now: Duration, running: u32, target: u32) -> Self {
        Observation {
            now,
            running,
            target,
            average: 0.0,
            is_busy: false,
        }
    }

    /// Sets the average load.
    #[must_use]
    pub const fn average(mut self, average: f64) -> Self {
        self.average = average;
        self
    }

    /// Sets whether there are calls now.
    #[must_use]
    pub const fn is_busy(mut self, is_busy: bool) -> Self {
        self.is_busy = is_busy;
        self
    }
}

/// The state that a decision leaves for the next one: since when all decisions had the same direction.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct State {
    pending: Option<(Direction, Duration)>,
}

/// The new target, and the state for the next decision.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Decision {
    /// The number of replicas, within the bounds of the configuration.
    pub target: u32,
    /// The state to pass to the next decision.
    pub state: State,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Direction {
    Up,
    Down,
}

/// Decides how many replicas there should be.
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
        // Ray Serve's counter does not advance meanwhile. A time would, so it starts anew.
        return Decision {
            target: bounded(config, woken),
            state: State::default(),
        };
    }
    let wanted = scaled(config, running, wanted(config, seen.average));
    // The average may be as old as `metrics_interval`: a last replica that is working does not stop.
    let wanted = bounded(config, wanted.max(u32::from(seen.is_busy)));
    let (target, state) = delayed(config, state, seen, wanted);
    Decision {
        target: bounded(config, target),
        state,
    }
}

/// The number of replicas that the load needs, which need not be whole.
fn wanted(config: &AutoscalingConfig, average: f64) -> f64 {
    average / config.target_ongoing_requests
}

/// Moves from `running` towards `wanted` as far as the factors allow.
fn scaled(config: &AutoscalingConfig, running: u32, wanted: f64) -> u32 {
    let from = f64::from(running);
    let difference = wanted - from;
    let factor = match difference > 0.0 {
        true => config.upscaling_factor,
        false => config.downscaling_factor,
    };
    let scaled = ceil(from + factor * difference);
    let is_stuck = ceil(wanted) < running && scaled == running;
    if is_stuck { running - 1 } else { scaled }
}

/// The new target, once it has been pending for long enough; until then, the present one.
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
    // Not `clamp`, which panics if the minimum is above the maximum.
    replicas.min(config.max_replicas).max(config.min_replicas)
}

/// Rounds up; a negative number becomes 0. A rounding error in the last digits adds no replica.
fn ceil(replicas: f64) -> u32 {
    (replicas - 1e-9).ceil() as u32
}

#[cfg(test)]
mod tests;
