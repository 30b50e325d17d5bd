//! Carries out commands.

use super::{Command, ConfigChange, Phase, Run};
use crate::controller::scaling::Scaling;
#[cfg(feature = "config")]
use crate::controller::settings::{Changed, Settings};
use crate::controller::shut_down;
use crate::controller::status::GaveUp;
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
            Command::Scale(num_replicas) => self.target.num_replicas = num_replicas,
            Command::Reconfigure(config) => self.configure(Some(config)),
            Command::Update { settings, install } => {
                install();
                self.target.num_replicas = settings.num_replicas;
                self.target.rolling_update_percentage = settings.rolling_update_percentage;
                self.target.version += 1;
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
        self.command = number;
        match self.phase {
            Phase::Running => {
                self.refused = None;
                self.retry_failed();
            }
            // Earlier commands that are still being carried out are refused as well.
            Phase::Draining | Phase::Stopping => self.refused = Some(GaveUp::new(&shut_down())),
        }
    }

    /// All replicas get this `user_config`, one by one.
    fn configure(&mut self, config: Option<UserConfig>) {
        let previous = self.replicas.set_user_config(config);
        self.config_change.get_or_insert(ConfigChange { previous });
        self.target.config += 1;
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
        if changed.demand {
            self.target.version += 1;
        }
        if changed.user_config {
            self.configure(config);
        }
        self.settings = settings;
        self.replicas.limits_changed();
    }

    /// Replicas that were given up may be tried again.
    pub(super) fn retry_failed(&mut self) {
        self.gave_up = None;
        self.target.halted = false;
        self.lost_replica = false;
        self.records.retain(|_, record| !record.is_given_up());
        if std::mem::take(&mut self.refuses_calls) {
            self.replicas.fail(None);
        }
    }
}
