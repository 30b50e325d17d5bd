//! What a server serves at one time.

use std::sync::Arc;

use axum::Router;

use super::InUse;
use super::served::AnyApplication;
use crate::ingress::paths::Paths;
use crate::ingress::serving::Serving;
use crate::panics::unwound;
use crate::{Error, Result};

/// The applications, and the router to them and to the user's own routes.
pub(crate) struct Snapshot {
    pub(super) applications: Vec<Placed>,
    pub(super) router: Router,
    pub(crate) paths: Paths,
}

/// An application that is served.
#[derive(Clone)]
pub(super) struct Placed {
    pub(super) application: Arc<dyn AnyApplication>,
    pub(super) in_use: Arc<InUse>,
}

impl Placed {
    pub(super) fn new(application: Arc<dyn AnyApplication>) -> Self {
        Placed {
            application,
            in_use: Arc::default(),
        }
    }

    /// Puts an application among others. Returns the one whose place it takes.
    pub(super) fn put(all: &mut Vec<Self>, application: Arc<dyn AnyApplication>) -> Option<Self> {
        let mut others = all.iter_mut();
        let same = others.find(|it| it.application.name() == application.name());
        let placed = Placed::new(application);
        match same {
            Some(before) => Some(std::mem::replace(before, placed)),
            None => {
                all.push(placed);
                None
            }
        }
    }
}

impl Snapshot {
    /// # Errors
    ///
    /// If names or routes are not unique.
    pub(super) fn new(
        applications: Vec<Placed>,
        own: &Router,
        serving: &Arc<Serving>,
    ) -> Result<Self> {
        check(applications.iter().map(|placed| &*placed.application))?;
        let mut router = Router::new().without_v07_checks();
        for Placed {
            application,
            in_use,
        } in &applications
        {
            let routes = Arc::clone(application).router(serving, in_use);
            router = router.merge(routes);
        }
        let routes = applications.iter();
        let routes = routes.flat_map(|placed| placed.application.routes().iter().cloned());
        let paths = Paths::new(routes);
        let router = merged(router, own.clone())?;
        Ok(Snapshot {
            applications,
            router,
            paths,
        })
    }

    /// The application of that name.
    pub(super) fn find(&self, name: &str) -> Option<&Placed> {
        let mut all = self.applications.iter();
        all.find(|placed| placed.application.name() == name)
    }
}

/// Fails if names or routes are not unique.
pub(super) fn check<'a>(applications: impl Iterator<Item = &'a dyn AnyApplication>) -> Result<()> {
    let mut before: Vec<&dyn AnyApplication> = Vec::new();
    for application in applications {
        application.check()?;
        let name = application.name();
        for other in &before {
            if other.name() == name {
                return Err(Error::invalid_input(format!(
                    "two applications are named `{name}`\nhelp: give one of them another name: `.name(\"..\")`"
                )));
            }
            let mut routes = application.routes().iter();
            if let Some(route) = routes.find(|route| other.routes().contains(route)) {
                let other = other.name();
                return Err(Error::invalid_input(format!(
                    "the applications `{other}` and `{name}` are both served at `{route}`\nhelp: give one of them another route prefix: `.route_prefix(\"/{name}\")`"
                )));
            }
        }
        before.push(application);
    }
    Ok(())
}

/// axum panics if both routers have the same path and method, or a fallback.
pub(crate) fn merged(routes: Router, more: Router) -> Result<Router> {
    unwound(|| routes.merge(more)).map_err(|payload| {
        let panic = Error::panicked(payload);
        Error::invalid_input(format!(
            "these routes cannot be served together: {}",
            panic.message().trim_start_matches("panicked: ")
        ))
    })
}
