//! A snapshot of a deployment, for operators.

use std::fmt;
use std::time::SystemTime;

/// A snapshot of a deployment.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct DeploymentStatus {
    /// Its name: the variable that it is bound to, after those of the graphs around it, as in `ocr/detector`; or what
    /// was given with [`Bound::name`](crate::Bound::name).
    pub name: String,
    /// Its state.
    pub status: Status,
    /// What brought it into that state.
    pub status_trigger: StatusTrigger,
    /// Details, if there are any: why replicas are missing, and when the next one is tried.
    pub message: String,
    /// How many replicas it should have.
    pub target_num_replicas: u32,
    /// Its replicas.
    pub replicas: Vec<ReplicaStatus>,
    /// The last 10 that were lost or could not be built, the newest at the end. Those that were retired are not among them.
    pub recent_dead_replicas: Vec<DeadReplica>,
    /// How many calls are in flight at replicas, as autoscaling counts them: a batch on a thread is one.
    pub ongoing: usize,
    /// How many calls wait for a replica.
    pub queued: usize,
}

/// The state of a deployment, in Ray Serve's terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Status {
    /// Replicas are being built, replaced or reconfigured.
    Updating,
    /// It was as it should be, and gets more replicas.
    Upscaling,
    /// It was as it should be, and gets rid of replicas.
    Downscaling,
    /// It has as many replicas as it should have, all of them up to date.
    Healthy,
    /// Replicas are missing, because they were lost or those of an update do not become healthy; the others continue to
    /// serve. Those that were there once are tried again for ever.
    Unhealthy,
    /// No replica has ever been ready, and it was given up.
    DeployFailed,
}

impl Status {
    /// The name that Ray Serve gives it, such as `DEPLOY_FAILED`.
    pub fn name(self) -> &'static str {
        match self {
            Status::Updating => "UPDATING",
            Status::Upscaling => "UPSCALING",
            Status::Downscaling => "DOWNSCALING",
            Status::Healthy => "HEALTHY",
            Status::Unhealthy => "UNHEALTHY",
            Status::DeployFailed => "DEPLOY_FAILED",
        }
    }
}

/// What brought a deployment into its state, in Ray Serve's terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum StatusTrigger {
    /// It has recovered.
    Unspecified,
    /// It was deployed, or a command or a configuration has changed it.
    ConfigUpdateStarted,
    /// The change is complete.
    ConfigUpdateCompleted,
    /// The load has changed.
    Autoscaling,
    /// It has the replicas that the load or a command asked for.
    UpscaleCompleted,
    /// It is rid of the replicas that the load or a command does not need.
    DownscaleCompleted,
    /// A replica could not be built, was not healthy at its first check, or refused its `user_config`.
    ReplicaStartupFailed,
    /// A replica did not pass its health checks.
    HealthCheckFailed,
}

impl StatusTrigger {
    /// The name that Ray Serve gives it, such as `HEALTH_CHECK_FAILED`.
    pub fn name(self) -> &'static str {
        match self {
            StatusTrigger::Unspecified => "UNSPECIFIED",
            StatusTrigger::ConfigUpdateStarted => "CONFIG_UPDATE_STARTED",
            StatusTrigger::ConfigUpdateCompleted => "CONFIG_UPDATE_COMPLETED",
            StatusTrigger::Autoscaling => "AUTOSCALING",
            StatusTrigger::UpscaleCompleted => "UPSCALE_COMPLETED",
            StatusTrigger::DownscaleCompleted => "DOWNSCALE_COMPLETED",
            StatusTrigger::ReplicaStartupFailed => "REPLICA_STARTUP_FAILED",
            StatusTrigger::HealthCheckFailed => "HEALTH_CHECK_FAILED",
        }
    }
}

/// By its [name](StatusTrigger::name).
impl fmt::Display for StatusTrigger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// By its [name](Status::name).
impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A snapshot of a replica.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReplicaStatus {
    /// Its number, which no other replica of the deployment ever gets.
    pub id: u64,
    /// Its state.
    pub state: ReplicaState,
    /// Why, if it failed.
    pub message: String,
    /// When it was started.
    pub started: SystemTime,
}

/// A replica that was lost, or could not be built.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeadReplica {
    /// Its number.
    pub id: u64,
    /// Why it has ended.
    pub cause: String,
    /// When it was started.
    pub started: SystemTime,
    /// When it has ended.
    pub ended: SystemTime,
}

/// The state of a replica. Once it has ended, it is not listed any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReplicaState {
    /// It is being built.
    Starting,
    /// It takes calls.
    Ready,
    /// It is being reconfigured, and takes no calls meanwhile.
    Updating,
    /// It takes no more calls, and finishes those that it has.
    Draining,
    /// It could not be built.
    Failed,
}

/// A status, with what only the runtime itself needs to know.
#[derive(Debug, Clone)]
pub(crate) struct Published {
    pub(crate) status: DeploymentStatus,
    /// The last command that it reflects.
    pub(crate) command: u64,
    /// Why that command could not be carried out, or a replica was given up since.
    pub(crate) failure: Option<GaveUp>,
    /// Whether the user wants no replica, so that calls are refused.
    pub(crate) is_scaled_to_none: bool,
    /// Whether the deployment is as it should be, or will not be.
    pub(crate) is_decided: bool,
}

/// Why a replica was given up.
#[derive(Debug, Clone)]
pub(crate) struct GaveUp {
    pub(crate) kind: crate::ErrorKind,
    /// With the chain of causes.
    pub(crate) causes: String,
}

impl GaveUp {
    pub(crate) fn new(error: &crate::Error) -> Self {
        GaveUp {
            kind: error.kind(),
            causes: format!("{error:?}"),
        }
    }
}

impl DeploymentStatus {
    /// How many of its replicas are in that state.
    pub fn count(&self, state: ReplicaState) -> usize {
        let in_state = |replica: &&ReplicaStatus| replica.state == state;
        self.replicas.iter().filter(in_state).count()
    }

    /// Whether a call finds a replica, now or as soon as one has been reconfigured.
    pub(crate) fn has_replicas(&self) -> bool {
        self.count(ReplicaState::Ready) + self.count(ReplicaState::Updating) > 0
    }
}
