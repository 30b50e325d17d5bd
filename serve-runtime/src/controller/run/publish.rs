//! What is known of a deployment, for whoever wants to know.

use super::Run;
use crate::controller::record::{Record, State};
use crate::controller::status::{DeploymentStatus, Published, ReplicaStatus, Status};

impl Run {
    pub(super) fn publish(&self) {
        (self.on_capacity)(self.replicas.capacity());
        let replicas = self.records.values().map(|record| ReplicaStatus {
            id: record.id.0,
            state: record.shown(),
            message: record.message(),
        });
        // What could not be is the worse news.
        let gave_up = self.gave_up.as_ref().map(|gave_up| gave_up.causes.clone());
        let message = gave_up.or_else(|| self.slow_message());
        let status = DeploymentStatus {
            name: self.settings.name.to_string(),
            status: self.status(),
            message: message.unwrap_or_default(),
            target_num_replicas: self.target.num_replicas,
            replicas: replicas.collect(),
            // They change too often to be published.
            ongoing: 0,
            queued: 0,
        };
        self.published.send_replace(Published {
            status,
            command: self.command,
            failure: self.refused.as_ref().or(self.gave_up.as_ref()).cloned(),
        });
    }

    /// Whether there are as many replicas as there are to be, all of them as they are to be.
    pub(super) fn is_as_wanted(&self) -> bool {
        let as_wanted = |record: &&Record| {
            record.is_ready()
                && record.version == self.target.version
                && record.config == self.target.config
        };
        let num_as_wanted = self.records.values().filter(as_wanted).count();
        num_as_wanted == self.target.num_replicas as usize
    }

    pub(super) fn status(&self) -> Status {
        let is_in_motion = |record: &Record| {
            record.is_coming() || matches!(record.state, State::Updating { .. } | State::Draining)
        };
        let in_motion = self.records.values().any(is_in_motion);
        match &self.gave_up {
            Some(_) if in_motion => Status::Updating,
            Some(_) if self.records.values().any(Record::is_up) => Status::Unhealthy,
            Some(_) => Status::DeployFailed,
            None if in_motion || !self.is_as_wanted() => Status::Updating,
            None => Status::Healthy,
        }
    }
}
