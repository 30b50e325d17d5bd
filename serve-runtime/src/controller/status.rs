//! What is known of a deployment at a moment, for operators.

use std::fmt;

/// How a deployment is.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct DeploymentStatus {
    /// Its name: the variable that it is bound to, after those of the graphs around it, as in `ocr/detector`; or what
    /// was given with [`Bound::name`](crate::Bound::name).
    pub name: String,
    /// How it is.
    pub status: Status,
    /// Why, if there is something to say.
    pub message: String,
    /// How many replicas it is to have.
    pub target_num_replicas: u32,
    /// The replicas that it has.
    pub replicas: Vec<ReplicaStatus>,
    /// How many calls replicas work on, as autoscaling counts them: a batch on a thread is one.
    pub ongoing: usize,
    /// How many calls wait for a replica.
    pub queued: usize,
}

/// How a deployment is, in Ray Serve's terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Status {
    /// Replicas are being built, replaced or reconfigured.
    Updating,
    /// There are as many replicas as there are to be, all of them as they are to be.
    Healthy,
    /// Replicas have been lost and could not be replaced; those that are left go on.
    Unhealthy,
    /// There is no replica, and none could be built.
    DeployFailed,
}

impl Status {
    /// The name that Ray Serve gives it, such as `DEPLOY_FAILED`.
    pub fn name(self) -> &'static str {
        match self {
            Status::Updating => "UPDATING",
            Status::Healthy => "HEALTHY",
            Status::Unhealthy => "UNHEALTHY",
            Status::DeployFailed => "DEPLOY_FAILED",
        }
    }
}

/// By its [name](Status::name).
impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// How a replica is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReplicaStatus {
    /// Its number, which no other replica of the deployment ever has.
    pub id: u64,
    /// Where it is in its life.
    pub state: ReplicaState,
    /// Why, if it failed.
    pub message: String,
}

/// Where a replica is in its life. Once it is stopped, it is not listed any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReplicaState {
    /// It is being built.
    Starting,
    /// It takes calls.
    Ready,
    /// It is given another `user_config`, and takes no calls meanwhile.
    Updating,
    /// It takes no more calls, and finishes those that it has.
    Draining,
    /// It could not be built.
    Failed,
}

/// A status, and what of it only the runtime itself wants to know.
#[derive(Debug, Clone)]
pub(crate) struct Published {
    pub(crate) status: DeploymentStatus,
    /// The last command that it takes into account.
    pub(crate) command: u64,
    /// Why that could not be carried out, or a replica was given up since.
    pub(crate) failure: Option<GaveUp>,
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
}

impl Published {
    /// Whether all is as it should be, or is not going to be.
    pub(crate) fn is_decided(&self) -> bool {
        self.failure.is_some() || self.status.status != Status::Updating
    }
}
