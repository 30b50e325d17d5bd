//! What changes with a command.

use super::{Command, Run};
use crate::controller::scaling::Scaling;
#[cfg(feature = "config")]
use crate::controller::settings::{Changed, Settings};
use crate::controller::shut_down;
use crate::controller::status::GaveUp;
use crate::engine::UserConfig;

impl Run {
    /// From now on something else is wanted.
    pub(super) fn obey(&mut self, number: u64, command: Command) {
        match command {
            Command::StopSoon => {
                self.is_stopping = true;
                self.stops_soon = true;
            }
            Command::Stop(limit) => {
                self.is_stopping = true;
                self.stops_soon = false;
                self.target.num_replicas = 0;
                self.scaling = None;
                self.settings.graceful_shutdown_timeout = limit;
            }
            _ if self.is_stopping => {}
            Command::Scale(num_replicas) => self.target.num_replicas = num_replicas,
            Command::Reconfigure(config) => self.configure(Some(config)),
            Command::Update { settings, install } => {
                install();
                self.target.num_replicas = settings.num_replicas;
                self.target.rolling_update_percentage = settings.rolling_update_percentage;
                self.target.version += 1;
                self.config_before = None;
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
        // Also those that are still being carried out.
        self.refused = self.is_stopping.then(|| GaveUp::new(&shut_down()));
        if !self.is_stopping {
            self.start_anew();
        }
    }

    /// All are given this, one by one.
    fn configure(&mut self, config: Option<UserConfig>) {
        let before = self.replicas.set_user_config(config);
        self.config_before.get_or_insert(before);
        self.target.config += 1;
    }

    /// Keeps the replicas that there are, if they can be kept.
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

    /// What failed for good before may be tried again.
    pub(super) fn start_anew(&mut self) {
        self.gave_up = None;
        self.target.halted = false;
        self.has_lost_one = false;
        self.records.retain(|_, record| !record.is_given_up());
        if std::mem::take(&mut self.failed) {
            self.replicas.fail(None);
        }
    }
}
