//! What code of the user's reaches the applications of a server by.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::{Arc, Weak};

use super::InUse;
use super::hosting::Hosting;
use super::served::Served;
use super::snapshot::Placed;
use super::status::ApplicationStatus;
use crate::application::{Application, ApplicationControl};
use crate::graph::Graph;
use crate::ingress::router::Serve;
use crate::{Error, Result};

/// The applications of a [`Server`](crate::Server), for [routes of your own](crate::Server::routes_with) that call or
/// change them.
///
/// Cheap to clone. It does not keep the applications running: once the server has ended, its methods return
/// [`Unavailable`](crate::ErrorKind::Unavailable).
#[derive(Clone)]
pub struct Applications(Weak<Hosting>);

impl Applications {
    pub(super) fn of(hosting: &Arc<Hosting>) -> Self {
        Applications(Arc::downgrade(hosting))
    }

    fn hosting(&self) -> Result<Arc<Hosting>> {
        let ended = || Error::unavailable("the server has ended");
        self.0.upgrade().ok_or_else(ended)
    }

    /// The names of the applications that are served.
    pub fn names(&self) -> Vec<String> {
        let hosting = self.0.upgrade();
        let applications = hosting.map_or_else(Vec::new, |hosting| hosting.applications());
        applications.iter().map(|it| it.name().to_owned()).collect()
    }

    /// The status of each application, by name; also of those that are being deployed or deleted.
    pub fn status(&self) -> Vec<ApplicationStatus> {
        let hosting = self.0.upgrade();
        hosting.map_or_else(Vec::new, |hosting| hosting.status())
    }

    /// The application of that name, whichever version of it is served, which runs the graph `G`. It may be asked for before
    /// the application is ready.
    ///
    /// # Errors
    ///
    /// If no application has that name, or it runs another graph.
    pub fn handle<G: Graph>(&self, name: &str) -> Result<ApplicationHandle<G>> {
        find::<G>(&*self.hosting()?, name)?;
        Ok(ApplicationHandle {
            applications: self.clone(),
            name: name.into(),
            graph: PhantomData,
        })
    }

    /// Deploys an application while the others are served. If there is one of its name, the new one takes its place as soon
    /// as it is ready, and the one before answers the requests that it has; no request fails. So the machine needs room for
    /// both.
    ///
    /// Changes are made one after the other. This one is made even if the returned future is dropped.
    ///
    /// # Errors
    ///
    /// As [`deploy`](crate::deploy), and if its routes are those of another application or your own; everything stays as it
    /// was then.
    ///
    /// ```
    /// use serve_runtime::axum::{Router, routing::put};
    /// use serve_runtime::prelude::*;
    /// use serve_runtime::{Server, ServerOptions};
    ///
    /// #[deployment]
    /// struct Greeter(String);
    ///
    /// #[deployment]
    /// impl Greeter {
    ///     fn new(greeting: String) -> Self {
    ///         Greeter(greeting)
    ///     }
    ///
    ///     async fn greet(&self, name: String) -> String {
    ///         format!("{}, {name}", self.0)
    ///     }
    /// }
    ///
    /// #[graph]
    /// fn hello(greeting: String) -> String {
    ///     let greeter = Greeter::bind(greeting);
    ///     input(|name: String| greeter.greet(name))
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<()> {
    /// let server = Server::new()
    ///     .application(hello("hello".into()))
    ///     .routes_with(|applications| {
    ///         let applications = applications.clone();
    ///         let change = |greeting: String| async move { applications.deploy(hello(greeting)).await };
    ///         Ok(Router::new().route("/greeting", put(change)))
    ///     });
    /// # server.options(ServerOptions::new().port(0)).run_until(async {}).await
    /// # }
    /// ```
    pub async fn deploy<G: Serve>(&self, application: Application<G>) -> Result<()> {
        // In a statement of its own: this does not keep the server's applications while it waits.
        let deployed = self.hosting()?.deploy(Arc::new(Served::new(application)));
        deployed.await
    }

    /// Deletes an application, once it has answered its requests. Its routes are served no more from the first moment on.
    ///
    /// It is deleted even if the returned future is dropped. Requests that take longer than the server's
    /// [`graceful_shutdown_timeout`](crate::ServerOptions::graceful_shutdown_timeout) are given up.
    ///
    /// # Errors
    ///
    /// If no application has that name.
    pub async fn delete(&self, name: &str) -> Result<()> {
        let deleted = self.hosting()?.delete(name);
        deleted.await
    }

    /// Its control: its status, its health, its options.
    ///
    /// # Errors
    ///
    /// If no application has that name, or it is not ready.
    pub fn control(&self, name: &str) -> Result<ApplicationControl> {
        let hosting = self.hosting()?;
        let now = hosting.now();
        let placed = now.find(name).ok_or_else(|| hosting.unknown(name))?;
        placed.application.control()
    }
}

/// The application of that name, if it runs that graph.
fn find<G: Graph>(hosting: &Hosting, name: &str) -> Result<(Arc<Served<G>>, Arc<InUse>)> {
    let now = hosting.now();
    let placed = now.find(name).ok_or_else(|| hosting.unknown(name))?;
    let Placed {
        application,
        in_use,
    } = placed;
    let graph = application.topology().name;
    let served = Arc::clone(application).into_any().downcast::<Served<G>>();
    let served = served.map_err(|_| {
        let wanted = G::TOPOLOGY.name;
        Error::invalid_input(format!(
            "application `{name}` runs the graph `{graph}`, not `{wanted}`"
        ))
    })?;
    Ok((served, Arc::clone(in_use)))
}

impl fmt::Debug for Applications {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

/// An application of a [`Server`](crate::Server), by its name: [`Applications::handle`] returns it.
pub struct ApplicationHandle<G: Graph> {
    applications: Applications,
    name: Arc<str>,
    graph: PhantomData<fn() -> G>,
}

impl<G: Graph> ApplicationHandle<G> {
    /// The version of it that is served now. If it is replaced or deleted, it goes on until this is dropped: so keep it for a
    /// call, and not for longer.
    ///
    /// # Errors
    ///
    /// [`Unavailable`](crate::ErrorKind::Unavailable), which is a 503 over HTTP, until its replicas are ready, and while there
    /// is none of that name and graph.
    pub fn get(&self) -> Result<Running<G>> {
        let hosting = self.applications.hosting()?;
        let (served, in_use) = find::<G>(&hosting, &self.name)
            .map_err(|error| Error::unavailable(error.message().to_owned()))?;
        Ok(Running {
            handle: served.handle()?.clone(),
            _in_use: in_use,
        })
    }

    /// Its control: its status, its health, its options.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub fn control(&self) -> Result<ApplicationControl> {
        self.applications.control(&self.name)
    }
}

impl<G: Graph> Clone for ApplicationHandle<G> {
    fn clone(&self) -> Self {
        ApplicationHandle {
            applications: self.applications.clone(),
            name: Arc::clone(&self.name),
            graph: PhantomData,
        }
    }
}

impl<G: Graph> fmt::Debug for ApplicationHandle<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ApplicationHandle")
            .field(&self.name)
            .finish()
    }
}

/// A version of an application that is served, which derefs to the graph's handle: [`ApplicationHandle::get`] returns it.
pub struct Running<G: Graph> {
    handle: G::Handle,
    _in_use: Arc<InUse>,
}

impl<G: Graph> Deref for Running<G> {
    type Target = G::Handle;

    fn deref(&self) -> &G::Handle {
        &self.handle
    }
}

impl<G: Graph> fmt::Debug for Running<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Running").field(&G::TOPOLOGY.name).finish()
    }
}
