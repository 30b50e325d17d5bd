//! The options that a deployment is to have, in the order in which they were set.

use std::sync::{Arc, Mutex, MutexGuard};

use crate::Result;
use crate::application::bound_options::BoundOptions;
use crate::engine::UserConfig;
use crate::util::lock;

/// The options set last, whether the replicas have them yet or not. `scale` and autoscaling may have changed
/// the number of replicas since.
pub(crate) struct DesiredOptions(Mutex<Versioned>);

struct Versioned {
    options: BoundOptions,
    /// How often they have changed.
    version: u64,
}

impl DesiredOptions {
    pub(crate) fn new(mut options: BoundOptions) -> Self {
        options.remember_as_bound();
        DesiredOptions(Mutex::new(Versioned {
            options,
            version: 0,
        }))
    }

    pub(crate) fn get(&self) -> BoundOptions {
        self.versioned().options.clone()
    }

    /// Sets what `next` makes of the current options, and sends its command before anything else is set: the last
    /// command matches the options. `next` is called again if something else is set meanwhile. It may run the
    /// user's code, as no lock is held; `command` may not.
    pub(crate) fn change<T, C>(
        &self,
        next: impl Fn(BoundOptions) -> Result<(BoundOptions, T)>,
        command: impl FnOnce(&BoundOptions, T) -> C,
    ) -> Result<C> {
        loop {
            let (current, version) = {
                let versioned = self.versioned();
                (versioned.options.clone(), versioned.version)
            };
            let (next, change) = next(current)?;
            let mut versioned = self.versioned();
            if versioned.version == version {
                let commanded = command(&next, change);
                let previous = versioned.replace(next);
                drop(versioned); // not while the user's values are dropped
                drop(previous);
                return Ok(commanded);
            }
        }
    }

    /// A `user_config` was refused: sets the previous one again, unless it has been replaced already.
    pub(super) fn revert_user_config(&self, refused: &UserConfig, previous: Option<UserConfig>) {
        let mut versioned = self.versioned();
        let current = versioned.options.user_config.as_ref();
        if current.is_some_and(|current| Arc::ptr_eq(current, refused)) {
            versioned.options.user_config = previous;
            versioned.version += 1;
        }
    }

    fn versioned(&self) -> MutexGuard<'_, Versioned> {
        lock(&self.0)
    }
}

impl Versioned {
    fn replace(&mut self, next: BoundOptions) -> BoundOptions {
        self.version += 1;
        std::mem::replace(&mut self.options, next)
    }
}

#[cfg(test)]
mod tests {
    use serve_topology::Options;

    use super::*;
    use crate::application::bound_options::Described;

    fn options() -> DesiredOptions {
        let described = Described {
            ty: "Model",
            options: &Options::DEFAULT,
            #[cfg(feature = "config")]
            format: None,
            has_threads: false,
            is_replicated: true,
            is_exclusive: false,
        };
        DesiredOptions::new(*BoundOptions::new(described))
    }

    fn set_config(set: &DesiredOptions, config: &UserConfig) {
        let next = |mut options: BoundOptions| {
            options.user_config = Some(Arc::clone(config));
            Ok((options, ()))
        };
        set.change(next, |_, ()| ()).unwrap();
    }

    fn has(set: &DesiredOptions, config: &UserConfig) -> bool {
        let user_config = set.get().user_config;
        user_config.is_some_and(|set| Arc::ptr_eq(&set, config))
    }

    #[test]
    fn a_change_that_is_set_while_another_one_is_computed_is_not_lost() {
        let (set, config): (_, UserConfig) = (options(), Arc::new(1));
        let asked = std::cell::Cell::new(0);
        let next = |mut options: BoundOptions| {
            asked.set(asked.get() + 1);
            if asked.get() == 1 {
                set_config(&set, &config);
            }
            let max = options.options.max_queued_requests.unwrap_or(0);
            options.options.max_queued_requests = Some(max + 1);
            Ok((options, ()))
        };
        let commanded = |next: &BoundOptions, ()| next.user_config.is_some();
        assert!(
            set.change(next, commanded).unwrap(),
            "it saw the config set meanwhile"
        );
        assert_eq!(asked.get(), 2);
        assert!(has(&set, &config));
        let max = set.get().options.max_queued_requests;
        assert_eq!(max, Some(1));
    }

    #[test]
    fn an_invalid_change_sets_and_commands_nothing() {
        let set = options();
        let wrong = |_| Err::<(BoundOptions, ()), _>(crate::Error::failed("wrong"));
        let command = |_: &_, ()| unreachable!();
        set.change(wrong, command).unwrap_err();
        assert!(set.get().user_config.is_none());
    }

    #[test]
    fn a_refused_config_is_reverted_unless_it_was_replaced_already() {
        let set = options();
        let [first, second, third]: [UserConfig; 3] = [Arc::new(1), Arc::new(1), Arc::new(1)];
        set_config(&set, &first);
        set_config(&set, &second);
        set.revert_user_config(&second, Some(Arc::clone(&first)));
        assert!(has(&set, &first));
        set_config(&set, &second);
        set_config(&set, &third);
        set.revert_user_config(&second, Some(first));
        assert!(has(&set, &third));
    }
}
