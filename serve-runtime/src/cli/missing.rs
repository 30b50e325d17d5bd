//! The error for a part of the command line that the binary was built without.

/// The error that `what` needs a feature, and how to turn it on.
#[cfg_attr(all(feature = "config", feature = "pictures"), allow(dead_code))]
pub(super) fn feature(what: &str, feature: &str) -> String {
    format!(
        "{what} needs the feature `{feature}` of serve-runtime, which this binary was built without\n\
         help: turn it on in its Cargo.toml: serve-runtime = {{ .., features = [\"{feature}\"] }}"
    )
}
