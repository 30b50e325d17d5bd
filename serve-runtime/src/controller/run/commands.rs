//! Carries out commands.

use super::{Command, ConfigChange, Phase, Run};
use crate::controller::scaling::Scaling;
#[cfg(feature = "config")]
use crate::controller::settings::{Changed, Settings};
use crate::controller::shut_down;
use crate::controller::status::{GaveUp, StatusTrigger};
use crate::engine::UserConfig;

impl Run {
    pub(super) fn on_command(&mut self, number: u64, command: Command) {
        match command {
            Command::BeginShutdown => {
                if self.phase == Phase::Running {
                    self.phase = Phase::Draining;
                }
            }
            Command::Stop(limit) => {
                self.phase = Phase::Stopping;
                self.target.num_replicas = 0;
                self.scaling = None;
                self.settings.graceful_shutdown_timeout = limit;
            }
            _ if self.phase != Phase::Running => {}
            command => self.carry_out(command),
        }
        self.command = number;
        match self.phase {
            Phase::Running => {
                self.refused = None;
                self.trigger = StatusTrigger::ConfigUpdateStarted;
                self.completed = match (&self.undone, self.scales) {
                    (Some(_), _) => StatusTrigger::Unspecified,
                    (None, Some(scales)) => scales.completed(),
                    (None, None) => StatusTrigger::ConfigUpdateCompleted,
                };
                self.retry_failed();
            }
            // Earlier commands that are still being carried out are refused as well.
            Phase::Draining | Phase::Stopping => self.refused = Some(GaveUp::new(&shut_down())),
        }
    }

    fn carry_out(&mut self, command: Command) {
        self.undone = None;
        self.scaled_from = None;
        let before = self.target.num_replicas;
        let scales = |run: &Self, target: u32| run.only_scales(before, target);
        self.scales = match &command {
            Command::Scale(target) if *target != before => scales(self, *target),
            #[cfg(feature = "config")]
            Command::Change {
                settings, changed, ..
            } if changed.is_number_alone() && settings.autoscaling_config.is_none() => {
                scales(self, settings.num_replicas)
            }
            _ => None,
        };
        match command {
            Command::BeginShutdown | Command::Stop(_) => {}
            Command::Scale(num_replicas) => {
                let before = std::mem::replace(&mut self.target.num_replicas, num_replicas);
                self.scaled_from = Some(before);
            }
            Command::Reconfigure(config) => self.configure(Some(config)),
            Command::Update { settings, install } => {
                install();
                self.target.num_replicas = settings.num_replicas;
                self.target.rolling_update_percentage = settings.rolling_update_percentage;
                self.set_new_version();
                self.config_change = None;
                self.scaling = settings.autoscaling_config.map(Scaling::new);
                self.settings = *settings;
            }
            #[cfg(feature = "config")]
            Command::Change {
                settings,
                changed,
                user_config,
            } => self.change(*settings, changed, user_config),
        }
    }

    /// All replicas are replaced.
    fn set_new_version(&mut self) {
        self.versions += 1;
        self.target.version = self.versions;
    }

    /// All replicas get this `user_config`, one by one.
    fn configure(&mut self, config: Option<UserConfig>) {
        let previous = self.replicas.set_user_config(config);
        let number = self.target.config;
        self.config_change
            .get_or_insert(ConfigChange { previous, number });
        self.configs += 1;
        self.target.config = self.configs;
    }

    /// Applies new settings, and keeps the existing replicas if possible.
    #[cfg(feature = "config")]
    fn change(&mut self, settings: Settings, changed: Changed, config: Option<UserConfig>) {
        self.target.rolling_update_percentage = settings.rolling_update_percentage;
        if changed.num_replicas {
            let now = self.target.num_replicas;
            self.target.num_replicas = match settings.autoscaling_config {
                Some(config) => now.clamp(config.min_replicas, config.max_replicas),
                None => settings.num_replicas,
            };
            self.scaling = settings.autoscaling_config.map(Scaling::new);
        }
        let version = self.target.version;
        // Without a `user_config` there is nothing to reconfigure them with.
        if changed.demand || (changed.user_config && config.is_none()) {
            match self.undo_version.filter(|_| changed.undoes.is_some()) {
                Some(version) => self.target.version = version,
                None => self.set_new_version(),
            }
        }
        self.undo_version = Some(version);
        if changed.user_config {
            self.configure(config);
        }
        self.undone = changed.undoes;
        self.settings = settings;
        self.replicas.limits_changed();
    }

    /// Replicas that could not be built are tried again, at once.
    pub(super) fn retry_failed(&mut self) {
        self.gave_up = None;
        self.shortfall = None;
        self.lost_replica = false;
        self.records.retain(|_, record| !record.has_failed());
        self.accept_calls();
    }
}
