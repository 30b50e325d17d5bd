//! What changes with a command.

use super::{Command, Run};
use crate::controller::scaling::Scaling;

impl Run {
    /// From now on something else is wanted.
    pub(super) fn obey(&mut self, number: u64, command: Command) {
        match command {
            Command::Scale(num_replicas) => self.target.num_replicas = num_replicas,
            Command::Reconfigure(config) => {
                let before = self.replicas.set_user_config(Some(config));
                self.config_before.get_or_insert(before);
                self.target.config += 1;
            }
            Command::Update(settings) => {
                self.target.num_replicas = settings.num_replicas;
                self.target.rolling_update_percentage = settings.rolling_update_percentage;
                self.target.version += 1;
                self.config_before = None;
                self.scaling = settings.autoscaling_config.map(Scaling::new);
                self.settings = *settings;
            }
            Command::Stop => {
                self.target.num_replicas = 0;
                self.scaling = None;
            }
        }
        self.command = number;
        self.refused = None;
        self.start_anew();
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
