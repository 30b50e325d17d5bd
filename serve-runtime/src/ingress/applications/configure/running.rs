//! A configuration while applications run.

use std::sync::Arc;

use futures_util::future::{BoxFuture, FutureExt, join_all};
use serve_topology::Topology;

use super::meant::{Known, Meant, of_a_new_one};
use super::{all, both};
use crate::Result;
use crate::config::{ApplicationConfig, Config, Plan, Setting, carry_out};
use crate::ingress::applications::hosting::Hosting;
use crate::ingress::applications::served::AnyApplication;
use crate::ingress::applications::snapshot::Placed;
use crate::panics::catch;

/// What a configuration changes, checked.
struct Changes {
    /// Of the options of applications that stay.
    plans: Vec<Plan>,
    /// Applications that come, or take the place of the one of their name.
    new: Vec<Arc<dyn AnyApplication>>,
    /// The names of those that go.
    gone: Vec<String>,
}

impl Hosting {
    /// Checks a configuration, and begins to bring it into force once every change before it is made. The future that is
    /// returned resolves when all of it is done; it is done also if that is dropped.
    ///
    /// It is the whole state of the applications that configurations have brought: those that it leaves out go. Those of the
    /// program stay, as they are bound. An application is changed by the lightest means: its options while it runs, and
    /// only for other arguments, another graph or another path is there a new version of it.
    ///
    /// # Errors
    ///
    /// If anything about it is wrong; nothing is changed then. The future fails with what could not be started: the
    /// others are there, and so is the version before.
    pub(crate) async fn put(
        self: &Arc<Self>,
        config: Config,
    ) -> Result<BoxFuture<'static, Result<()>>> {
        let turn = Arc::clone(&self.turn).lock_owned().await;
        // Reading arguments runs the user's code, which may panic.
        let changes = catch(|| self.changes_of(&config))?;
        self.accept(config);
        let hosting = Arc::clone(self);
        let done = self.change(async move {
            let _turn = turn;
            hosting.carry_out(changes).await?;
            hosting.keep().await
        });
        Ok(done.boxed())
    }

    fn changes_of(&self, config: &Config) -> Result<Changes> {
        let applications = self.applications();
        let known = Known {
            applications: &applications,
            programs: &self.programs,
        };
        let meant = known.meant(config)?;
        let left_out =
            |it: &&Arc<dyn AnyApplication>| meant.iter().all(|meant| meant.name != it.name());
        let (of_the_program, of_configurations): (Vec<_>, Vec<_>) = applications
            .iter()
            .filter(left_out)
            .partition(|application| application.args().is_none());
        let nothing = ApplicationConfig::default();
        let stay = of_the_program.into_iter().map(|it| it.plan(&nothing));
        let (same, other): (Vec<_>, Vec<_>) = meant.iter().partition(|meant| meant.is_present());
        let same = same.into_iter();
        let same =
            same.filter_map(|meant| Some(meant.present?.plan(&meant.config.without_arguments())));
        let new = all(other.into_iter().map(Meant::made));
        let (plans, new) = both(all(stay.chain(same)), new)?;
        let gone: Vec<String> = of_configurations
            .iter()
            .map(|it| it.name().to_owned())
            .collect();
        let changes = Changes { plans, new, gone };
        // Fails if paths overlap.
        let next = changes.next(self.now().applications.clone());
        let all: Vec<_> = next
            .iter()
            .map(|placed| Arc::clone(&placed.application))
            .collect();
        if let Err(error) = self.with(next) {
            let of_a_new_one = of_a_new_one(&meant, &all);
            return Err(of_a_new_one.unwrap_or_else(|| config.in_file(error)));
        }
        let warnings: Vec<String> = meant.iter().filter_map(|it| it.warning.clone()).collect();
        config.warn(&warnings)?;
        Ok(changes)
    }

    /// What a configuration would change.
    ///
    /// # Errors
    ///
    /// As [`put`](Self::put).
    #[cfg(feature = "control")]
    pub(crate) fn steps(&self, config: &Config) -> Result<Vec<Step>> {
        let changes = catch(|| self.changes_of(config))?;
        let now = self.now();
        let gone = changes.gone.iter();
        let mut steps: Vec<Step> = gone.map(|name| Step::of(name, "deleted")).collect();
        steps.extend(changes.new.iter().map(|new| match now.find(new.name()) {
            Some(_) => Step::of(new.name(), "replaced"),
            None => Step::of(new.name(), "deployed"),
        }));
        for plan in &changes.plans {
            steps.extend(plan.changes().map(|(deployment, how, changes)| Step {
                deployment,
                changes,
                ..Step::of(plan.application(), how)
            }));
        }
        Ok(steps)
    }

    async fn carry_out(self: &Arc<Self>, changes: Changes) -> Result<()> {
        let is_new = |name: &str| changes.new.iter().any(|new| new.name() == name);
        for stays in self.applications().iter().filter(|it| !is_new(it.name())) {
            self.phases.forget_failure(stays.name());
        }
        let is_there = |name: &str| self.now().find(name).is_some();
        self.phases.retain(|name| is_there(name) || is_new(name));
        // What goes leaves room on the machine for what comes.
        let gone = changes.gone.iter();
        join_all(gone.filter_map(|name| self.take_away(name).ok())).await;
        let new = changes.new.into_iter().map(|new| self.place(new));
        let (options, placed) = tokio::join!(carry_out(changes.plans), join_all(new));
        all([options].into_iter().chain(placed)).map(drop)
    }
}

/// One thing that a configuration would change.
#[cfg(feature = "control")]
#[derive(serde::Serialize)]
pub(crate) struct Step {
    app: String,
    /// Empty if it is the whole application.
    deployment: String,
    /// By which means.
    how: &'static str,
    changes: Vec<String>,
}

#[cfg(feature = "control")]
impl Step {
    fn of(app: &str, how: &'static str) -> Self {
        Step {
            app: app.to_owned(),
            deployment: String::new(),
            how,
            changes: Vec::new(),
        }
    }
}

impl Changes {
    /// All applications once everything is done.
    fn next(&self, mut applications: Vec<Placed>) -> Vec<Placed> {
        applications.retain(|placed| {
            !self
                .gone
                .iter()
                .any(|name| name == placed.application.name())
        });
        for new in &self.new {
            Placed::put(&mut applications, Arc::clone(new));
        }
        applications
    }
}

impl Meant<'_> {
    /// Whether it is there, but for its options.
    fn is_present(&self) -> bool {
        let Some(present) = self.present else {
            return false;
        };
        let graph: &Topology<'_> = present.topology();
        let is_same_graph = graph.name == self.program.graph();
        match present.args() {
            // Its path is the program's; the plan refuses another one.
            None => is_same_graph && self.config.args.is_empty(),
            Some(args) => {
                let route_prefix = match &self.config.route_prefix {
                    Setting::Set(prefix) => Some(prefix.as_str()),
                    Setting::Keep => Some(graph.route_prefix),
                    Setting::Clear => None,
                };
                is_same_graph && *args == self.config.args && route_prefix == present.route_prefix()
            }
        }
    }
}
