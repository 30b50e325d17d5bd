//! Applications that come, are replaced, and go while the server runs: one change after the other.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

use super::hosting::Hosting;
use super::served::AnyApplication;
use super::snapshot::Placed;
use super::status::Phase;
use crate::{Error, Result};

impl Hosting {
    /// Deploys an application. It takes the place of the one of its name once it is ready; requests to that are answered.
    pub(super) fn deploy(
        self: &Arc<Self>,
        application: Arc<dyn AnyApplication>,
    ) -> impl Future<Output = Result<()>> + Send + use<> {
        let hosting = Arc::clone(self);
        self.change(async move {
            let _turn = hosting.turn.lock().await;
            let name = application.name().to_owned();
            let mut applications = hosting.now().applications.clone();
            let placed = Placed::new(Arc::clone(&application));
            let replaced = applications
                .iter_mut()
                .find(|it| it.application.name() == name);
            let replaced = match replaced {
                Some(before) => Some(std::mem::replace(before, placed)),
                None => {
                    applications.push(placed);
                    None
                }
            };
            let next = hosting.with(applications)?;
            hosting.phases.set(&*application, Phase::Deploying);
            tracing::info!(application = name, "is being deployed");
            if let Err(error) = application.deploy(hosting.ledger.clone()).await {
                let phase = Phase::Failed(error.to_string());
                hosting.phases.set(&*application, phase);
                tracing::error!(application = name, ?error, "could not be deployed");
                return Err(error);
            }
            drop(hosting.replace(next));
            hosting.phases.set(&*application, Phase::Running);
            tracing::info!(application = name, "is served");
            if let Some(replaced) = replaced {
                hosting.retire(ended(replaced, hosting.graceful_shutdown_timeout));
            }
            Ok(())
        })
    }

    /// Deletes an application, once its requests are answered.
    pub(crate) fn delete(
        self: &Arc<Self>,
        name: &str,
    ) -> impl Future<Output = Result<()>> + Send + use<> {
        let (hosting, name) = (Arc::clone(self), name.to_owned());
        self.change(async move {
            let turn = hosting.turn.lock().await;
            let now = hosting.now();
            let Some(deleted) = now.find(&name).cloned() else {
                return Err(hosting.unknown(&name));
            };
            let mut others = now.applications.clone();
            others.retain(|placed| placed.application.name() != name);
            drop(now);
            drop(hosting.replace(hosting.with(others)?));
            hosting.phases.set(&*deleted.application, Phase::Deleting);
            tracing::info!(application = name, "is being deleted");
            drop(turn);
            let (done, is_done) = oneshot::channel();
            let last = ended(deleted, hosting.graceful_shutdown_timeout);
            let of_it = Arc::clone(&hosting);
            hosting.retire(async move {
                last.await;
                of_it.phases.remove(&name);
                let _ = done.send(());
            });
            let _ = is_done.await;
            Ok(())
        })
    }

    pub(super) fn unknown(&self, name: &str) -> Error {
        let applications = self.applications();
        let names: Vec<&str> = applications.iter().map(|it| it.name()).collect();
        Error::invalid_input(match &names[..] {
            [] => format!("no application is named `{name}`; there is none"),
            names => {
                let names = names.join("`, `");
                format!("no application is named `{name}`; there are `{names}`")
            }
        })
    }
}

/// Stops an application that is not served any more, once what was sent to it is answered.
async fn ended(placed: Placed, limit: Duration) {
    let Placed {
        application,
        in_use,
    } = placed;
    let unused = in_use.ended();
    drop(in_use);
    let all = async {
        unused.await;
        application.shutdown().await;
    };
    if timeout(limit, all).await.is_err() {
        let application = application.name();
        tracing::warn!(application, timeout = ?limit, "was stopped with requests in flight");
    }
    application.abandon();
}
