//! The rows of the table: an option's name, its kind of value, and its default.

use std::time::Duration;

use super::{AutoscalingOption, BatchOption, DeploymentOption, OutOfRange};
use crate::text::equal;

/// One option, as in attributes and files.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OptionSpec {
    /// Ray Serve's name, if it has one; a time has its unit at the end.
    pub name: &'static str,
    /// The kind of its value.
    pub kind: Kind,
    /// Its value if it is not set; `None` if it is then absent, as `null` in a file says.
    pub default: Option<f64>,
}

/// The kind of an option's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A string.
    Text,
    /// The path of a route.
    Route,
    /// The path of a function.
    Function,
    /// A list of names and amounts.
    Amounts,
    /// An [`AutoscalingConfig`](super::AutoscalingConfig).
    Autoscaling,
    /// A whole number from 1.
    Count,
    /// A whole number from 0.
    CountFromZero,
    /// A number of replicas from 1.
    Replicas,
    /// A number of replicas from 0.
    ReplicasFromZero,
    /// A whole number of bytes.
    Bytes,
    /// A number from 0.
    Amount,
    /// A number above 0.
    Positive,
    /// A number from 0 to 1.
    Fraction,
    /// A part of one GPU, or a whole number of them.
    Gpus,
    /// A number of seconds from 0 to infinity.
    Timeout,
    /// A number of seconds above 0, up to infinity.
    Period,
    /// A number of seconds from 0.
    Delay,
    /// A number of seconds above 0.
    Interval,
    /// A whole number of milliseconds from 1.
    Milliseconds,
}

/// More replicas than this in one process are a slip of the pen: each may have a thread.
const MAX_REPLICAS: f64 = 10_000.0;

/// An option without a default.
pub(super) const fn option(name: &'static str, kind: Kind) -> OptionSpec {
    OptionSpec {
        name,
        kind,
        default: None,
    }
}

impl OptionSpec {
    pub(super) const fn by_default(mut self, default: f64) -> Self {
        self.default = Some(default);
        self
    }

    /// The Rust method that sets it: the name; a time without its unit.
    pub const fn builder(&self) -> &'static str {
        match self.kind.unit() {
            Some(unit) if self.kind.is_time() => {
                // `_s`
                let end = self.name.len() - unit.len() - 1;
                self.name.split_at(end).0
            }
            _ => self.name,
        }
    }

    /// The message about a value, if it is out of range.
    pub const fn refuse(&self, is: f64) -> Option<OutOfRange> {
        if self.kind.admits(is) {
            return None;
        }
        Some(OutOfRange {
            option: self.name,
            must: self.kind.must_for(is),
            is,
        })
    }

    /// The time that a number of seconds is.
    ///
    /// # Errors
    ///
    /// If it is out of range.
    pub const fn seconds(&self, value: f64) -> Result<Duration, OutOfRange> {
        match self.refuse(value) {
            Some(wrong) => Err(wrong),
            None => Ok(seconds(value)),
        }
    }

    pub(super) const fn default_u32(&self) -> u32 {
        self.default_f64() as u32
    }

    pub(super) const fn default_f64(&self) -> f64 {
        match self.default {
            Some(default) => default,
            None => panic!("the option has no default"),
        }
    }

    pub(super) const fn default_time(&self) -> Duration {
        seconds(self.default_f64())
    }
}

impl Kind {
    /// Whether a number is in range. A kind that is not a number admits none.
    pub const fn admits(self, value: f64) -> bool {
        match self {
            Kind::Text | Kind::Route | Kind::Function | Kind::Amounts | Kind::Autoscaling => false,
            Kind::Count | Kind::Milliseconds => {
                is_whole(value) && value >= 1.0 && value <= u32::MAX as f64
            }
            Kind::CountFromZero => is_whole(value) && value >= 0.0 && value <= u32::MAX as f64,
            Kind::Replicas => is_whole(value) && value >= 1.0 && value <= MAX_REPLICAS,
            Kind::ReplicasFromZero => is_whole(value) && value >= 0.0 && value <= MAX_REPLICAS,
            Kind::Bytes => is_whole(value) && value >= 0.0 && value < u64::MAX as f64,
            Kind::Amount | Kind::Delay => value >= 0.0 && value.is_finite(),
            Kind::Positive | Kind::Interval => value > 0.0 && value.is_finite(),
            Kind::Fraction => value >= 0.0 && value <= 1.0,
            Kind::Gpus => value >= 0.0 && value.is_finite() && (value <= 1.0 || is_whole(value)),
            Kind::Timeout => value >= 0.0,
            Kind::Period => value > 0.0,
        }
    }

    /// The requirement on a value, as every message has it: ".. must be a string".
    pub const fn must(self) -> &'static str {
        match self {
            Kind::Text | Kind::Route => "a string",
            Kind::Function => "the path of a function",
            Kind::Amounts => "a list of names and amounts of at least 0",
            Kind::Autoscaling => "an `AutoscalingConfig`",
            Kind::Count | Kind::Milliseconds => "a whole number of at least 1",
            Kind::CountFromZero => "a whole number of at least 0",
            Kind::Replicas => "a whole number from 1 to 10000",
            Kind::ReplicasFromZero => "a whole number from 0 to 10000",
            Kind::Bytes => "a whole number of bytes",
            Kind::Amount | Kind::Timeout | Kind::Delay => "a number of at least 0",
            Kind::Positive | Kind::Period | Kind::Interval => "a number above 0",
            Kind::Fraction => "a number from 0 to 1",
            Kind::Gpus => "a number from 0 to 1, or a larger whole number",
        }
    }

    /// The requirement on this value, which is out of range: with the upper bound, if it is above that.
    pub const fn must_for(self, is: f64) -> &'static str {
        match self {
            Kind::Count | Kind::Milliseconds if is > u32::MAX as f64 => {
                "a whole number from 1 to 4294967295"
            }
            Kind::CountFromZero if is > u32::MAX as f64 => "a whole number from 0 to 4294967295",
            Kind::Bytes if is >= u64::MAX as f64 => "a whole number of bytes below 2^64",
            _ => self.must(),
        }
    }

    /// Its unit; a time has it at the end of its name.
    pub const fn unit(self) -> Option<&'static str> {
        match self {
            Kind::Timeout | Kind::Period | Kind::Delay | Kind::Interval => Some("s"),
            Kind::Milliseconds => Some("ms"),
            Kind::Bytes => Some("bytes"),
            Kind::Text
            | Kind::Route
            | Kind::Function
            | Kind::Amounts
            | Kind::Autoscaling
            | Kind::Count
            | Kind::CountFromZero
            | Kind::Replicas
            | Kind::ReplicasFromZero
            | Kind::Amount
            | Kind::Positive
            | Kind::Fraction
            | Kind::Gpus => None,
        }
    }

    /// Whether it is a [`Duration`] in Rust.
    pub const fn is_time(self) -> bool {
        matches!(
            self,
            Kind::Timeout | Kind::Period | Kind::Delay | Kind::Interval | Kind::Milliseconds
        )
    }

    /// Whether it is a whole number, without a decimal point: `1.0` is not one.
    pub const fn is_whole(self) -> bool {
        matches!(
            self,
            Kind::Count
                | Kind::CountFromZero
                | Kind::Replicas
                | Kind::ReplicasFromZero
                | Kind::Bytes
                | Kind::Milliseconds
        )
    }
}

const fn is_whole(value: f64) -> bool {
    (value as u64) as f64 == value
}

/// A number of seconds. A negative number or NaN becomes 0; more than five hundred years becomes the maximum.
pub const fn seconds(value: f64) -> Duration {
    const FOR_EVER: f64 = 18e9;
    if value >= FOR_EVER {
        return Duration::MAX;
    }
    // No precision is lost: it is less than 2^64 nanoseconds. Negative numbers and NaN become 0.
    Duration::from_nanos((value * 1e9 + 0.5) as u64)
}

/// A number of milliseconds.
pub const fn milliseconds(value: u32) -> Duration {
    Duration::from_millis(value as u64)
}

/// The value in seconds of the option with that name, as a time; a compile error if it is out of range.
#[track_caller]
pub const fn seconds_for(name: &str, value: f64) -> Duration {
    let Some(option) = spec_of(name) else {
        panic!("there is no such option")
    };
    match option.seconds(value) {
        Ok(time) => time,
        Err(wrong) => panic!("{}", wrong.text().as_str()),
    }
}

const fn spec_of(name: &str) -> Option<OptionSpec> {
    let mut i = 0;
    while i < DeploymentOption::ALL.len() {
        if equal(DeploymentOption::ALL[i].spec().name, name) {
            return Some(DeploymentOption::ALL[i].spec());
        }
        i += 1;
    }
    i = 0;
    while i < BatchOption::ALL.len() {
        if equal(BatchOption::ALL[i].spec().name, name) {
            return Some(BatchOption::ALL[i].spec());
        }
        i += 1;
    }
    i = 0;
    while i < AutoscalingOption::ALL.len() {
        if equal(AutoscalingOption::ALL[i].spec().name, name) {
            return Some(AutoscalingOption::ALL[i].spec());
        }
        i += 1;
    }
    None
}

/// An enum with a row for each of its variants.
macro_rules! table {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $case:ident => $row:expr,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$doc])* $case,)*
        }

        impl $name {
            /// All of them, in the order in which messages list them.
            pub const ALL: &'static [Self] = &[$(Self::$case),*];

            /// Its row.
            pub const fn spec(self) -> $crate::options::OptionSpec {
                match self {
                    $(Self::$case => $row,)*
                }
            }

            /// The option of that name.
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|it| it.spec().name == name)
            }

            /// The row of that name.
            pub fn spec_named(name: &str) -> Option<$crate::options::OptionSpec> {
                Self::named(name).map(Self::spec)
            }

            /// The names of all of them.
            pub fn names() -> Vec<&'static str> {
                Self::ALL.iter().map(|it| it.spec().name).collect()
            }
        }
    };
}

pub(super) use table;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_large_is_told_the_upper_bound() {
        for (kind, is, bound) in [
            (Kind::Count, 5e9, "from 1 to 4294967295"),
            (Kind::Milliseconds, 5e9, "from 1 to 4294967295"),
            (Kind::CountFromZero, f64::INFINITY, "from 0 to 4294967295"),
            (Kind::Replicas, 5e9, "from 1 to 10000"),
            (Kind::ReplicasFromZero, 5e9, "from 0 to 10000"),
            (Kind::Bytes, 2e19, "of bytes below 2^64"),
        ] {
            let refused = option("some", kind).refuse(is).unwrap();
            assert_eq!(refused.must, format!("a whole number {bound}"));
            let small = option("some", kind).refuse(-1.0).unwrap();
            assert_eq!(small.must, kind.must());
        }
    }

    #[test]
    fn each_kind_has_its_range() {
        let nan = f64::NAN;
        let inf = f64::INFINITY;
        for (kind, admitted, refused) in [
            (
                Kind::Count,
                &[1.0, 4e9][..],
                &[0.0, 1.5, -1.0, 5e9, nan, inf][..],
            ),
            (Kind::CountFromZero, &[0.0, 7.0], &[0.5, -1.0, nan]),
            (Kind::Replicas, &[1.0, 10_000.0], &[0.0, 1.5, 10_001.0, nan]),
            (Kind::ReplicasFromZero, &[0.0, 10_000.0], &[-1.0, 10_001.0]),
            (Kind::Bytes, &[0.0, 1e15], &[-1.0, 0.5, 1e20]),
            (Kind::Amount, &[0.0, 0.5], &[-0.1, nan, inf]),
            (Kind::Positive, &[f64::MIN_POSITIVE, 2.0], &[0.0, nan, inf]),
            (Kind::Fraction, &[0.0, 0.2, 1.0], &[-0.1, 1.1, nan]),
            (Kind::Gpus, &[0.0, 0.5, 1.0, 3.0], &[1.5, -1.0, nan, inf]),
            (Kind::Timeout, &[0.0, 1.0, inf], &[-1.0, nan]),
            (Kind::Period, &[0.1, inf], &[0.0, -1.0, nan]),
            (Kind::Delay, &[0.0, 1.0], &[-1.0, inf, nan]),
            (Kind::Interval, &[0.1], &[0.0, inf, nan]),
            (Kind::Milliseconds, &[1.0], &[0.0, 0.5, nan]),
            (Kind::Text, &[], &[0.0, 1.0]),
        ] {
            assert!(admitted.iter().all(|it| kind.admits(*it)), "{kind:?}");
            assert!(!refused.iter().any(|it| kind.admits(*it)), "{kind:?}");
        }
    }

    #[test]
    fn builders_leave_out_the_unit_of_a_time() {
        let builder = |option: DeploymentOption| option.spec().builder();
        assert_eq!(builder(DeploymentOption::BudgetMs), "budget");
        assert_eq!(
            builder(DeploymentOption::HealthCheckPeriodS),
            "health_check_period"
        );
        assert_eq!(builder(DeploymentOption::NumReplicas), "num_replicas");
        assert_eq!(builder(DeploymentOption::Memory), "memory");
    }

    #[test]
    fn a_name_is_in_only_one_table() {
        let mut names = DeploymentOption::names();
        names.extend(BatchOption::names());
        names.extend(AutoscalingOption::names());
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn seconds_become_a_time() {
        assert_eq!(seconds(0.25), Duration::from_millis(250));
        assert_eq!(seconds(0.01), Duration::from_millis(10));
        assert_eq!(seconds(-1.0), Duration::ZERO);
        assert_eq!(seconds(f64::NAN), Duration::ZERO);
        assert_eq!(seconds(f64::INFINITY), Duration::MAX);
        assert_eq!(
            seconds_for("batch_wait_timeout_s", 0.5),
            Duration::from_millis(500)
        );
    }

    #[test]
    #[should_panic(expected = "`health_check_period_s` must be a number above 0")]
    fn a_time_out_of_range_is_refused() {
        let _ = seconds_for("health_check_period_s", 0.0);
    }
}
