//! The setting of an option that may be absent.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The setting of an option that may be absent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Setting<T> {
    /// The option stays as it is bound; a file leaves it out.
    #[default]
    Keep,
    /// The option is removed; `null` in a file.
    Clear,
    /// The option is set to this value.
    Set(T),
}

impl<T> Setting<T> {
    /// Whether the option stays as it is bound.
    pub fn is_keep(&self) -> bool {
        matches!(self, Setting::Keep)
    }

    /// Applies the setting to a bound option.
    pub(super) fn apply_to(self, option: &mut Option<T>) {
        match self {
            Setting::Keep => {}
            Setting::Clear => *option = None,
            Setting::Set(value) => *option = Some(value),
        }
    }
}

impl<T> From<T> for Setting<T> {
    fn from(value: T) -> Self {
        Setting::Set(value)
    }
}

/// `Some` becomes `Set` and `None` becomes `Clear`.
impl<T> From<Option<T>> for Setting<T> {
    fn from(value: Option<T>) -> Self {
        match value {
            Some(value) => Setting::Set(value),
            None => Setting::Clear,
        }
    }
}

impl<T: Serialize> Serialize for Setting<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Setting::Keep | Setting::Clear => to.serialize_none(),
            Setting::Set(value) => to.serialize_some(value),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Setting<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Option::deserialize(from).map(Self::from)
    }
}
