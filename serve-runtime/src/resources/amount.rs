//! Amounts of a resource.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// A kind of resource.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Resource {
    Cpus,
    Gpus,
    Memory,
    Custom(Arc<str>),
}

/// An amount of a resource: bytes of memory, ten-thousandths of anything else. A whole number, so that
/// ten times a tenth is one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Amount(pub(super) u64);

impl Amount {
    pub(super) const NONE: Self = Amount(0);
    pub(super) const ONE: Self = Amount(10_000);

    /// The amount of a number, rounded down to ten-thousandths: three thirds are not more than one. A negative
    /// number and NaN are zero.
    pub(super) fn of(number: f64) -> Self {
        const ROUNDING: f64 = 1e-4; // of a ten-thousandth: as an `f64`, 0.57 is slightly less than 0.57
        Amount((number * Self::ONE.0 as f64 + ROUNDING) as u64)
    }

    pub(super) fn whole(count: usize) -> Self {
        Amount((count as u64).saturating_mul(Self::ONE.0))
    }

    pub(super) fn as_f64(self) -> f64 {
        self.0 as f64 / Self::ONE.0 as f64
    }

    /// The whole number, if the amount is one.
    pub(super) fn as_whole(self) -> Option<usize> {
        let whole = self.0.is_multiple_of(Self::ONE.0);
        whole.then_some((self.0 / Self::ONE.0) as usize)
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Amount(self.0.saturating_add(other.0))
    }

    /// The difference, at least zero.
    pub(super) fn minus(self, other: Self) -> Self {
        Amount(self.0.saturating_sub(other.0))
    }

    pub(super) fn times(self, count: usize) -> Self {
        Amount(self.0.saturating_mul(count as u64))
    }
}

/// `2`, `0.5` or `0.3333`.
impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_f64().fmt(f)
    }
}

/// Amounts of several resources; a resource that is not in it has the amount zero.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Amounts(BTreeMap<Resource, Amount>);

impl Amounts {
    pub(super) fn get(&self, resource: &Resource) -> Amount {
        self.0.get(resource).copied().unwrap_or_default()
    }

    pub(super) fn set(&mut self, resource: Resource, amount: Amount) {
        self.0.insert(resource, amount);
    }

    /// The resources with an amount above zero.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Resource, Amount)> {
        let some = self.0.iter().filter(|(_, amount)| **amount > Amount::NONE);
        some.map(|(resource, amount)| (resource, *amount))
    }

    pub(super) fn add(&mut self, other: &Amounts) {
        for (resource, amount) in other.iter() {
            self.set(resource.clone(), self.get(resource).plus(amount));
        }
    }

    pub(super) fn subtract(&mut self, other: &Amounts) {
        for (resource, amount) in other.iter() {
            self.set(resource.clone(), self.get(resource).minus(amount));
        }
    }
}

impl Resource {
    /// `9 CPUs`, `1 GPU`, `1.5 GiB of memory`, ``3 of `license` ``.
    pub(super) fn show(&self, amount: Amount) -> String {
        let plural = if amount == Amount::ONE { "" } else { "s" };
        match self {
            Resource::Cpus => format!("{amount} CPU{plural}"),
            Resource::Gpus => format!("{amount} GPU{plural}"),
            Resource::Memory => format!("{} of memory", self.number(amount)),
            Resource::Custom(name) => format!("{amount} of `{name}`"),
        }
    }

    /// The amount without its resource.
    pub(super) fn number(&self, amount: Amount) -> String {
        match self {
            Resource::Memory => bytes(amount.0),
            _ => amount.to_string(),
        }
    }

    /// The option that says how much of it a replica needs.
    pub(super) fn option(&self) -> &str {
        match self {
            Resource::Cpus => "num_cpus",
            Resource::Gpus => "num_gpus",
            Resource::Memory => "memory",
            Resource::Custom(_) => "resources",
        }
    }
}

/// Shows bytes in the largest unit of which there is at least one, as exactly as needed.
fn bytes(count: u64) -> String {
    let units = [("GiB", 1u64 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
    match units.into_iter().find(|(_, size)| count >= *size) {
        Some((unit, size)) => {
            let hundredths = (count as f64 / size as f64 * 100.0).round() / 100.0;
            format!("{hundredths} {unit}")
        }
        None => format!("{count} B"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tenths_add_up_and_three_thirds_fit_into_one() {
        assert_eq!(Amount::of(0.1).times(10), Amount::ONE);
        assert_eq!(Amount::of(0.57).0, 5_700);
        assert_eq!(Amount::of(0.29).0, 2_900);
        assert!(Amount::of(1.0 / 3.0).times(3) <= Amount::ONE);
        assert_eq!(Amount::of(-1.0), Amount::NONE);
        assert_eq!(Amount::of(f64::NAN), Amount::NONE);
    }

    #[test]
    fn amounts_are_shown_with_their_unit() {
        assert_eq!(Resource::Cpus.show(Amount::of(0.5)), "0.5 CPUs");
        assert_eq!(Resource::Gpus.show(Amount::ONE), "1 GPU");
        assert_eq!(Resource::Memory.show(Amount(3 << 29)), "1.5 GiB of memory");
        assert_eq!(Resource::Memory.show(Amount(5)), "5 B of memory");
        let license = Resource::Custom("license".into());
        assert_eq!(license.show(Amount::of(3.0)), "3 of `license`");
    }
}
