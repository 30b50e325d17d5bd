//! The paths of routes.

use serve_topology::route::sent;

use crate::diagnostics;

/// The message about a path, if it is wrong.
pub(crate) fn malformed(route: &str) -> Option<String> {
    let well_formed = route == "/"
        || (route.starts_with('/')
            && !route.ends_with('/')
            && !route.contains("//")
            && !route
                .contains(|c: char| c.is_whitespace() || c.is_control() || "?#{}".contains(c)));
    let sent = sent(route);
    // Clients resolve such segments before they send a path.
    let is_resolved = sent.split('/').any(|segment| matches!(segment, "." | ".."));
    if !well_formed || is_resolved {
        return Some(diagnostics::malformed_route(route));
    }
    let reserved = sent == "/-" || sent.starts_with("/-/");
    reserved.then(|| diagnostics::reserved_route().to_owned())
}
