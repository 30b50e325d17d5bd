//! The load of a simulation: when requests arrive.

use super::random::Random;

/// When requests arrive.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Traffic {
    /// At these seconds, in ascending order.
    Arrivals(Vec<f64>),
    /// At random, independently of each other, at these rates.
    Rates(Rates),
}

/// Rates. Each rate holds until the next one.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Rates {
    /// Pairs of a second, in ascending order, and the requests per second from then on.
    pub steps: Vec<(f64, f64)>,
    /// The second at which the traffic ends.
    pub end: f64,
}

impl Traffic {
    /// The same rate all the time.
    pub fn constant(per_second: f64, seconds: f64) -> Self {
        Self::rates(vec![(0.0, per_second)], seconds)
    }

    /// `low`, then `high` for the second third of the time, then `low` again.
    pub fn step(low: f64, high: f64, seconds: f64) -> Self {
        let third = seconds / 3.0;
        Self::rates(vec![(0.0, low), (third, high), (2.0 * third, low)], seconds)
    }

    /// `low`, except for `high` during a twentieth of the time, which begins after a third.
    pub fn spike(low: f64, high: f64, seconds: f64) -> Self {
        let (from, to) = (seconds / 3.0, seconds / 3.0 + seconds / 20.0);
        Self::rates(vec![(0.0, low), (from, high), (to, low)], seconds)
    }

    /// From `low` to `high` and back, as a sine.
    pub fn sine(low: f64, high: f64, seconds: f64) -> Self {
        let steps = (0..PARTS).map(|part| {
            let part = f64::from(part) / f64::from(PARTS);
            let up = (1.0 - (part * std::f64::consts::TAU).cos()) / 2.0;
            (part * seconds, low + (high - low) * up)
        });
        Self::rates(steps.collect(), seconds)
    }

    fn rates(steps: Vec<(f64, f64)>, end: f64) -> Self {
        Traffic::Rates(Rates { steps, end })
    }

    /// The second at which the traffic ends.
    pub fn end(&self) -> f64 {
        match self {
            Traffic::Arrivals(times) => times.last().copied().unwrap_or(0.0),
            Traffic::Rates(rates) => rates.end,
        }
    }

    /// The expected number of requests.
    pub fn expected(&self) -> f64 {
        match self {
            Traffic::Arrivals(times) => times.len() as f64,
            Traffic::Rates(rates) => rates
                .spans()
                .map(|(from, to, rate)| (to - from) * rate)
                .sum(),
        }
    }

    /// The seconds at which requests arrive, in order.
    pub(super) fn arrivals(&self, seed: u64) -> Box<dyn Iterator<Item = f64> + '_> {
        match self {
            Traffic::Arrivals(times) => Box::new(times.iter().copied()),
            Traffic::Rates(rates) => {
                let mut random = Random::new(seed);
                // In a Poisson process: the distance to the next arrival, counted in expected requests.
                let mut ahead = random.exponential();
                Box::new(rates.spans().flat_map(move |(from, to, rate)| {
                    let expected = (to - from) * rate;
                    let (mut passed, mut times) = (0.0, Vec::new());
                    while ahead < expected - passed {
                        passed += ahead;
                        times.push(from + passed / rate);
                        ahead = random.exponential();
                    }
                    ahead -= expected - passed;
                    times
                }))
            }
        }
    }
}

/// How many rates a sine is made of.
const PARTS: u32 = 120;

impl Rates {
    /// The time at which each rate begins and ends, with the rate.
    fn spans(&self) -> impl Iterator<Item = (f64, f64, f64)> + '_ {
        let ends = self.steps.iter().skip(1).map(|(at, _)| *at);
        let ends = ends.chain([self.end]);
        let spans = self.steps.iter().zip(ends);
        spans.map(|((from, rate), to)| (*from, to, *rate))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(traffic: &Traffic, from: f64, to: f64) -> usize {
        let times = traffic.arrivals(1);
        times.filter(|at| (from..to).contains(at)).count()
    }

    #[test]
    fn the_number_of_requests_follows_the_rates() {
        let constant = Traffic::constant(10.0, 1_000.0);
        assert_eq!(constant.expected(), 10_000.0);
        assert!((9_700..10_300).contains(&count(&constant, 0.0, 1_000.0)));

        let step = Traffic::step(1.0, 100.0, 300.0);
        assert!((70..130).contains(&count(&step, 0.0, 100.0)));
        assert!((9_700..10_300).contains(&count(&step, 100.0, 200.0)));
        assert!((70..130).contains(&count(&step, 200.0, 300.0)));

        let spike = Traffic::spike(0.0, 100.0, 300.0);
        assert_eq!(count(&spike, 0.0, 100.0) + count(&spike, 115.0, 300.0), 0);
        assert!((1_350..1_650).contains(&count(&spike, 100.0, 115.0)));

        let sine = Traffic::sine(0.0, 100.0, 400.0);
        assert!((19_500..20_500).contains(&count(&sine, 0.0, 400.0)));
        assert!(count(&sine, 0.0, 40.0) * 5 < count(&sine, 180.0, 220.0));
    }

    #[test]
    fn a_seed_determines_the_arrivals_and_they_are_in_order() {
        let traffic = Traffic::sine(5.0, 50.0, 60.0);
        let times: Vec<f64> = traffic.arrivals(3).collect();
        assert!(times.is_sorted());
        assert_eq!(times, traffic.arrivals(3).collect::<Vec<f64>>());
        assert_ne!(times, traffic.arrivals(4).collect::<Vec<f64>>());
    }
}
