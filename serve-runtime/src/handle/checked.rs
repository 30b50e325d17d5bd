//! The type that replaces a deployment or a graph with an error.

/// The checks of a deployment or a graph evaluate to the length of an array, which rustc knows only if they
/// pass. If they fail, rustc puts an error type in place of everything that names the length, and reports
/// nothing further about it: one mistake is one error, however much code uses the deployment.
pub trait Checked {
    /// `T`, if the checks pass.
    type Of<T>;

    /// The value, if the checks pass.
    fn of<T>(value: T) -> Self::Of<T>;
}

impl<const CHECKED: usize> Checked for [(); CHECKED] {
    type Of<T> = T;

    #[inline]
    fn of<T>(value: T) -> T {
        value
    }
}
