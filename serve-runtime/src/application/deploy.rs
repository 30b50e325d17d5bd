//! Starting what is bound.

use crate::Result;
use crate::application::{Deployable, Deployed};
use crate::resources::{Ledger, Resources};
use crate::util::tokio_runtime::check_runtime;

/// Builds all replicas, side by side, and returns what calls them; ready when every replica is.
///
/// A constructor may take its time. The log warns of one that takes more than 30 s, again and again at twice the
/// age, and [`DeploymentStatus`](crate::DeploymentStatus) says so.
///
/// # Errors
///
/// If a constructor keeps failing or panicking, an option is out of range, options that are set at build
/// take more than the graph's `slo_ms`, `max_cpus` or `max_gpus` allow, or the replicas need more than
/// [`Machine::detect`](crate::Machine::detect) finds; the message of the last has the arithmetic. Everything that was started
/// is stopped then. Also outside of a tokio runtime, and in one without timers.
pub async fn deploy<A: Deployable>(application: A) -> Result<Deployed<A::Handle>> {
    deploy_within(None, application).await
}

/// [`deploy`], with what replicas need taken from a [`Machine`](crate::Machine) that is not just what is detected, or
/// from a [`Ledger`] that several applications share.
///
/// # Errors
///
/// As [`deploy`].
pub async fn deploy_on<A: Deployable>(
    machine: impl Into<Ledger>,
    application: A,
) -> Result<Deployed<A::Handle>> {
    deploy_within(Some(machine.into()), application).await
}

/// Without a ledger, the machine is looked at only if some replica needs something of it.
pub(crate) async fn deploy_within<A: Deployable>(
    ledger: Option<Ledger>,
    application: A,
) -> Result<Deployed<A::Handle>> {
    check_runtime()?;
    let (handle, mut services) = application.take_apart();
    services.start(Resources::from(ledger)).await?;
    Ok(Deployed::new(handle, services))
}
