//! The paths of routes.

use serve_topology::route::{is_reserved, is_valid};

use crate::diagnostics;

/// The message about a path, if it is wrong.
pub(crate) fn malformed(route: &str) -> Option<String> {
    if !is_valid(route) {
        return Some(diagnostics::malformed_route(route));
    }
    is_reserved(route).then(|| diagnostics::reserved_route().to_owned())
}
