//! By-value setters that a `const` can call, for structs that only this crate can construct.

/// `field: type` sets a field, `field: type as Some` an optional one.
macro_rules! setters {
    ($($field:ident: $ty:ty $(as $some:ident)?),* $(,)?) => {$(
        #[doc = concat!("The same with this `", stringify!($field), "`.")]
        #[must_use]
        pub const fn $field(mut self, $field: $ty) -> Self {
            self.$field = $crate::setters::setters!(@ $field $($some)?);
            self
        }
    )*};
    (@ $field:ident) => { $field };
    (@ $field:ident Some) => { Some($field) };
}

pub(crate) use setters;
