//! Times in files and pictures: numbers of seconds or milliseconds.

use std::time::Duration;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Kind, seconds};

pub(super) fn as_seconds<S: Serializer>(time: &Duration, to: S) -> Result<S::Ok, S::Error> {
    time.as_secs_f64().serialize(to)
}

pub(super) fn as_seconds_if_any<S: Serializer>(
    time: &Option<Duration>,
    to: S,
) -> Result<S::Ok, S::Error> {
    time.map(|time| time.as_secs_f64()).serialize(to)
}

/// A whole number, if it is one.
#[cfg(feature = "serde")]
pub(super) fn as_milliseconds_if_any<S: Serializer>(
    time: &Option<Duration>,
    to: S,
) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) if time.subsec_nanos() % 1_000_000 != 0 => {
            (time.as_secs_f64() * 1e3).serialize(to)
        }
        Some(time) => u64::try_from(time.as_millis())
            .unwrap_or(u64::MAX)
            .serialize(to),
        None => to.serialize_none(),
    }
}

/// Seconds above 0.
pub(super) fn interval<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    in_range(Kind::Interval, f64::deserialize(from)?)
}

/// Seconds from 0.
pub(super) fn delay<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    in_range(Kind::Delay, f64::deserialize(from)?)
}

/// Seconds from 0, or none.
pub(super) fn delay_if_any<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<Duration>, D::Error> {
    let value = Option::<f64>::deserialize(from)?;
    value.map(|value| in_range(Kind::Delay, value)).transpose()
}

fn in_range<E: Error>(kind: Kind, value: f64) -> Result<Duration, E> {
    match kind.admits(value) {
        true => Ok(seconds(value)),
        false => Err(E::custom(format_args!(
            "must be {}, but is {value}",
            kind.must()
        ))),
    }
}
