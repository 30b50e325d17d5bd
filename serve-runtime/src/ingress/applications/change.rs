//! Applications that come, are replaced, and go while the server runs: one change after the other.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

use super::hosting::{Hosting, of};
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
            hosting.place(application).await
        })
    }

    /// The same, in a change that is made.
    pub(super) async fn place(&self, application: Arc<dyn AnyApplication>) -> Result<()> {
        let name = application.name();
        let with = |mut applications| {
            let replaced = Placed::put(&mut applications, Arc::clone(&application));
            Ok::<_, Error>((self.with(applications)?, replaced))
        };
        // Fails if paths overlap, before anything is begun.
        let _ = with(self.now().applications.clone())?;
        self.phases.set(&*application, Phase::Deploying);
        tracing::info!(application = name, "is being deployed");
        if let Err(error) = application.deploy(self.ledger.clone()).await {
            let phase = Phase::Failed(error.to_string());
            self.phases.set(&*application, phase);
            tracing::error!(application = name, ?error, "could not be deployed");
            return Err(of(name, &error));
        }
        let (next, replaced) = with(self.now().applications.clone())?;
        drop(self.replace(next));
        self.phases.set(&*application, Phase::Running);
        tracing::info!(application = name, "is served");
        if let Some(replaced) = replaced {
            self.retire(ended(replaced, self.graceful_shutdown_timeout));
        }
        Ok(())
    }

    /// Deletes an application, once its requests are answered.
    pub(crate) fn delete(
        self: &Arc<Self>,
        name: &str,
    ) -> impl Future<Output = Result<()>> + Send + use<> {
        let (hosting, name) = (Arc::clone(self), name.to_owned());
        self.change(async move {
            let turn = hosting.turn.lock().await;
            let gone = hosting.take_away(&name)?;
            #[cfg(feature = "control")]
            hosting.accept_without(&name).await?;
            drop(turn);
            gone.await;
            Ok(())
        })
    }

    /// The same, in a change that is made. The future resolves once it has ended.
    pub(super) fn take_away(
        self: &Arc<Self>,
        name: &str,
    ) -> Result<impl Future<Output = ()> + Send + use<>> {
        let now = self.now();
        let deleted = now.find(name).cloned();
        let deleted = deleted.ok_or_else(|| self.unknown(name))?;
        let mut others = now.applications.clone();
        others.retain(|placed| placed.application.name() != name);
        drop(now);
        drop(self.replace(self.with(others)?));
        self.phases.set(&*deleted.application, Phase::Deleting);
        tracing::info!(application = name, "is being deleted");
        let (done, is_done) = oneshot::channel();
        let last = ended(deleted, self.graceful_shutdown_timeout);
        let (hosting, name) = (Arc::clone(self), name.to_owned());
        self.retire(async move {
            last.await;
            hosting.phases.remove(&name);
            let _ = done.send(());
        });
        Ok(async move { drop(is_done.await) })
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
