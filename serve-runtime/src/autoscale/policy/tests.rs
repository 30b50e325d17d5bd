use super::*;
use crate::autoscale::simulate::Random;

const CONFIG: AutoscalingConfig = AutoscalingConfig::DEFAULT.max_replicas(10);

/// The final decision if the load stays the same for longer than any delay.
fn settled(config: &AutoscalingConfig, running: u32, average: f64) -> u32 {
    let seen = |now| Observation {
        now: Duration::from_secs(now),
        running,
        target: running,
        average,
        is_busy: average > 0.0,
    };
    let first = decide(config, State::default(), seen(0));
    assert!(
        first.target == running || running == 0,
        "the target changed without a delay"
    );
    decide(config, first.state, seen(100_000)).target
}

#[test]
fn replicas_are_the_load_over_the_target_rounded_up() {
    for (average, replicas) in [(0.1, 1), (2.0, 1), (2.1, 2), (4.0, 2), (9.0, 5), (20.0, 10)] {
        for running in 1..=10 {
            assert_eq!(settled(&CONFIG, running, average), replicas, "{average}");
        }
    }
    let fraction = CONFIG.target_ongoing_requests(0.7);
    // 2.1 / 0.7 is a little more than three.
    assert_eq!(settled(&fraction, 1, 2.1), 3);
}

#[test]
fn the_bounds_hold() {
    let config = CONFIG.min_replicas(3).max_replicas(5);
    assert_eq!(settled(&config, 4, 0.0), 3);
    assert_eq!(settled(&config, 4, 1e12), 5);
    assert_eq!(settled(&config, 0, 0.0), 3);
}

#[test]
fn factors_scale_the_difference() {
    let halves = CONFIG.upscaling_factor(0.5).downscaling_factor(0.5);
    assert_eq!(settled(&halves, 2, 20.0), 6);
    assert_eq!(settled(&halves, 10, 4.0), 6);
    // Half of the difference between 2 and 1 rounds up to 2: it still scales down by one.
    assert_eq!(settled(&halves, 2, 2.0), 1);
    let double = CONFIG.upscaling_factor(2.0);
    assert_eq!(settled(&double, 2, 8.0), 6);
    assert_eq!(settled(&double, 0, 1.0), 2);
}

#[test]
fn from_zero_one_call_is_enough_and_there_is_no_delay() {
    let config = CONFIG.min_replicas(0);
    let mut seen = Observation {
        now: Duration::ZERO,
        running: 0,
        target: 0,
        average: 0.0,
        is_busy: false,
    };
    assert_eq!(decide(&config, State::default(), seen).target, 0);
    seen.is_busy = true;
    assert_eq!(decide(&config, State::default(), seen).target, 1);
    // The target stays while replicas start.
    seen.target = 4;
    assert_eq!(decide(&config, State::default(), seen).target, 4);
}

#[test]
fn zero_is_reached_from_one_after_a_delay_of_its_own() {
    let config = CONFIG
        .min_replicas(0)
        .downscale_delay(Duration::from_secs(10))
        .downscale_to_zero_delay(Duration::from_secs(60));
    let mut state = State::default();
    let (mut target, mut changes) = (4, Vec::new());
    for second in 0..200 {
        let seen = Observation {
            now: Duration::from_secs(second),
            running: target,
            target,
            average: 0.0,
            is_busy: false,
        };
        let decision = decide(&config, state, seen);
        state = decision.state;
        if decision.target != target {
            target = decision.target;
            changes.push((second, target));
        }
    }
    assert_eq!(changes, [(10, 1), (71, 0)]);
}

#[test]
fn the_last_replica_does_not_stop_while_there_is_a_call() {
    let config = CONFIG.min_replicas(0).downscale_delay(Duration::ZERO);
    let seen = Observation {
        now: Duration::ZERO,
        running: 1,
        target: 1,
        average: 0.0,
        is_busy: true,
    };
    assert_eq!(decide(&config, State::default(), seen).target, 1);
    let idle = Observation {
        is_busy: false,
        ..seen
    };
    assert_eq!(decide(&config, State::default(), idle).target, 0);
}

#[test]
fn a_decision_in_the_other_direction_restarts_the_delay() {
    let seen = |second, average| Observation {
        now: Duration::from_secs(second),
        running: 2,
        target: 2,
        average,
        is_busy: true,
    };
    let state = State::default();
    let up = decide(&CONFIG, state, seen(0, 8.0));
    let still = decide(&CONFIG, up.state, seen(29, 8.0));
    assert_eq!((up.target, still.target), (2, 2));
    assert_eq!(decide(&CONFIG, still.state, seen(30, 8.0)).target, 4);
    for other in [4.0, 1.0] {
        let interrupted = decide(&CONFIG, still.state, seen(29, other));
        let again = decide(&CONFIG, interrupted.state, seen(30, 8.0));
        assert_eq!(again.target, 2);
        assert_eq!(decide(&CONFIG, again.state, seen(60, 8.0)).target, 4);
    }
}

/// Rules that hold for any configuration and any load.
#[test]
fn random_loads_stay_within_the_bounds_and_the_delays() {
    for seed in 0..300 {
        let mut random = Random::new(seed);
        let max_replicas = 1 + random.below(20) as u32;
        let config = AutoscalingConfig::DEFAULT
            .min_replicas(random.below(u64::from(max_replicas) + 1) as u32)
            .max_replicas(max_replicas)
            .target_ongoing_requests(0.1 + random.unit() * 5.0)
            .upscaling_factor(0.1 + random.unit() * 2.0)
            .downscaling_factor(0.1 + random.unit() * 2.0)
            .upscale_delay(Duration::from_secs_f64(random.below(20) as f64))
            .downscale_delay(Duration::from_secs_f64(random.below(20) as f64));
        let (mut state, mut target, mut now) = (State::default(), config.initial(), 0.0);
        let mut changed_at = 0.0;
        for _ in 0..500 {
            now += random.unit() * 2.0;
            let average = match random.below(3) {
                0 => 0.0,
                _ => random.unit() * 50.0,
            };
            let running = random.below(u64::from(target) + 1) as u32;
            let seen = Observation {
                now: Duration::from_secs_f64(now),
                running,
                target,
                average,
                is_busy: average > 0.0,
            };
            let decision = decide(&config, state, seen);
            let new = decision.target;
            assert!(
                (config.min_replicas..=config.max_replicas).contains(&new),
                "{config:?} {seen:?}"
            );
            if new != target {
                let delay = match new > target {
                    _ if running == 0 => 0.0,
                    true => config.upscale_delay.as_secs_f64(),
                    false => config.downscale_delay.as_secs_f64(),
                };
                assert!(now - changed_at >= delay - 1e-6, "{config:?} {seen:?}");
                assert!(new > 0 || target == 1, "to zero from one only: {seen:?}");
                assert!(new > 0 || average == 0.0, "{seen:?}");
                changed_at = now;
            }
            (state, target) = (decision.state, new);
        }
    }
}

#[test]
fn more_load_never_needs_fewer_replicas() {
    let mut random = Random::new(7);
    for _ in 0..1_000 {
        let running = 1 + random.below(10) as u32;
        let (a, b) = (random.unit() * 40.0, random.unit() * 40.0);
        let (less, more) = (a.min(b), a.max(b));
        assert!(settled(&CONFIG, running, less) <= settled(&CONFIG, running, more));
    }
}
