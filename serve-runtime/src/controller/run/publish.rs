//! Publishes the status of the deployment.

use super::{Phase, Run, Scales};
use crate::controller::Capacity;
use crate::controller::record::{Record, State};
use crate::controller::status::{DeploymentStatus, Published, ReplicaStatus, Status};

impl Run {
    pub(super) fn publish(&self) {
        (self.role.on_capacity)(Capacity {
            calls: self.replicas.capacity(),
            replicas: self.records.values().filter(|it| it.is_ready()).count(),
            refuses: self.refuses_calls,
        });
        let replicas = self.records.values().map(|record| ReplicaStatus {
            id: record.id.0,
            state: record.shown(),
            message: record.message(),
            started: record.started,
        });
        // What failed is more important than what is slow.
        let gave_up = self.gave_up.as_ref().map(|gave_up| gave_up.causes.clone());
        let message = self.shortfall.clone().or(gave_up);
        let message = message.or_else(|| self.slow_message());
        let message = message.or_else(|| self.standstill_message());
        let refused = self
            .refused
            .as_ref()
            .filter(|_| self.phase == Phase::Running);
        let message = message.or_else(|| Some(refused?.causes.clone()));
        let undone = self.undone.as_ref();
        let message = message.or_else(|| Some(format!("the last change was undone: {}", undone?)));
        let status = DeploymentStatus {
            name: self.settings.name.to_string(),
            status: self.status(),
            status_trigger: self.trigger,
            message: message.unwrap_or_default(),
            target_num_replicas: self.target.num_replicas,
            replicas: replicas.collect(),
            recent_dead_replicas: self.dead.all(),
            // They change too often to be published.
            ongoing: 0,
            queued: 0,
        };
        let is_as_wanted = matches!(status.status, Status::Healthy | Status::DeployFailed);
        let is_late = self.refused.is_some() && self.phase != Phase::Running;
        self.published.send_replace(Published {
            is_scaled_to_none: self.is_scaled_to_none(),
            is_decided: is_as_wanted || self.gave_up.is_some() || is_late,
            status,
            command: self.command,
            failure: self.refused.as_ref().or(self.gave_up.as_ref()).cloned(),
        });
    }

    /// Whether there are as many replicas as wanted, all of them up to date.
    pub(super) fn has_reached_target(&self) -> bool {
        let is_up_to_date = |record: &&Record| {
            record.is_ready()
                && record.version == self.target.version
                && record.config == self.target.config
        };
        let up_to_date = self.records.values().filter(is_up_to_date).count();
        up_to_date == self.target.num_replicas as usize
    }

    /// Whether a replica comes, goes, or is reconfigured.
    pub(super) fn is_changing(&self) -> bool {
        let is_changing = |record: &Record| {
            record.is_coming() || matches!(record.state, State::Updating { .. } | State::Draining)
        };
        self.records.values().any(is_changing)
    }

    pub(super) fn status(&self) -> Status {
        let changing = self.is_changing();
        match &self.gave_up {
            // One that was there is missing, whatever is tried.
            _ if self.shortfall.is_some() => Status::Unhealthy,
            Some(_) if self.had > 0 => Status::Unhealthy,
            Some(_) if changing => self.scales.map_or(Status::Updating, Scales::status),
            Some(_) => Status::DeployFailed,
            None if changing || !self.has_reached_target() => {
                self.scales.map_or(Status::Updating, Scales::status)
            }
            None => Status::Healthy,
        }
    }
}
