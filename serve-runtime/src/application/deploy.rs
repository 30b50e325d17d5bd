//! Starts the deployments of an application.

use crate::Result;
use crate::application::{Deployable, Deployed};
use crate::resources::{LazyLedger, Ledger, Resources};
use crate::util::tokio_runtime::check_runtime;

/// Builds all replicas side by side, and returns their handle; ready when every replica is.
///
/// A constructor may take long. A warning is logged if it takes more than 30 s, and again each time that time has
/// doubled; [`DeploymentStatus`](crate::DeploymentStatus) shows it as well.
///
/// # Errors
///
/// If a constructor keeps failing or panicking, an option is out of range, options that are computed at run time
/// exceed the graph's `slo_ms`, `max_cpus` or `max_gpus`, or the replicas need more than
/// [`Machine::detect`](crate::Machine::detect) finds; the message of the last has the arithmetic. All deployments that
/// were started are stopped then. Also outside of a tokio runtime, and in one without timers.
pub async fn deploy<A: Deployable>(application: A) -> Result<Deployed<A::Handle>> {
    deploy_within(LazyLedger::default(), application).await
}

/// [`deploy`], with resources from a [`Machine`](crate::Machine) that differs from the detected one, or
/// from a [`Ledger`] that several applications share.
///
/// # Errors
///
/// As [`deploy`].
pub async fn deploy_on<A: Deployable>(
    machine: impl Into<Ledger>,
    application: A,
) -> Result<Deployed<A::Handle>> {
    deploy_within(Some(machine.into()).into(), application).await
}

/// [`deploy`], with resources from a ledger that may be made by this.
pub(crate) async fn deploy_within<A: Deployable>(
    ledger: LazyLedger,
    application: A,
) -> Result<Deployed<A::Handle>> {
    check_runtime()?;
    let (handle, mut services) = application.take_apart();
    services.start(Resources::from(ledger)).await?;
    Ok(Deployed::new(handle, services))
}
