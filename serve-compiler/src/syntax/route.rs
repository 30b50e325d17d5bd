//! The paths of routes.

use crate::diagnostics;

/// The message about a path, if it is wrong.
pub(crate) fn malformed(route: &str) -> Option<String> {
    let well_formed = route == "/"
        || (route.starts_with('/')
            && !route.ends_with('/')
            && !route.contains("//")
            && !route.contains(|c: char| c.is_whitespace() || "?#{}".contains(c)));
    if !well_formed {
        return Some(diagnostics::malformed_route(route));
    }
    let reserved = route == "/-" || route.starts_with("/-/");
    reserved.then(|| diagnostics::reserved_route().to_owned())
}
