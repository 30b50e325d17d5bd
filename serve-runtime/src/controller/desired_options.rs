//! What is set of a deployment, in the order in which it was asked for.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::Result;
use crate::application::bound_options::BoundOptions;
use crate::engine::UserConfig;

/// What is set by now, whether the replicas are like that as yet or not. How many there are, `scale` and
/// autoscaling may say since.
pub(crate) struct SetOptions(Mutex<Edition>);

struct Edition {
    options: BoundOptions,
    /// How often they have changed.
    number: u64,
}

impl SetOptions {
    pub(crate) fn new(options: BoundOptions) -> Self {
        SetOptions(Mutex::new(Edition { options, number: 0 }))
    }

    pub(crate) fn get(&self) -> BoundOptions {
        self.edition().options.clone()
    }

    /// Sets what `next` makes of what is set, and commands it before anything else is set: the last command
    /// says what is set. `next` is asked again if something else is set meanwhile. It may run the user's code,
    /// for which no lock is held; `command` may not.
    pub(crate) fn change<T, C>(
        &self,
        next: impl Fn(BoundOptions) -> Result<(BoundOptions, T)>,
        command: impl FnOnce(&BoundOptions, T) -> C,
    ) -> Result<C> {
        loop {
            let (before, number) = {
                let edition = self.edition();
                (edition.options.clone(), edition.number)
            };
            let (next, what) = next(before)?;
            let mut edition = self.edition();
            if edition.number == number {
                let commanded = command(&next, what);
                let before = edition.replace(next);
                drop(edition); // before what the user made
                drop(before);
                return Ok(commanded);
            }
        }
    }

    /// Nobody has a `user_config` that was set: what was set before it is set again, if it has not been
    /// replaced since.
    pub(super) fn take_back(&self, refused: &UserConfig, before: Option<UserConfig>) {
        let mut edition = self.edition();
        let set = edition.options.user_config.as_ref();
        if set.is_some_and(|set| Arc::ptr_eq(set, refused)) {
            edition.options.user_config = before;
            edition.number += 1;
        }
    }

    /// No user code runs under the lock, so a poisoned one is as good as any.
    fn edition(&self) -> MutexGuard<'_, Edition> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Edition {
    fn replace(&mut self, next: BoundOptions) -> BoundOptions {
        self.number += 1;
        std::mem::replace(&mut self.options, next)
    }
}

#[cfg(test)]
mod tests {
    use serve_topology::Options;

    use super::*;
    use crate::application::bound_options::Described;

    fn set() -> SetOptions {
        let described = Described {
            ty: "Model",
            options: &Options::DEFAULT,
            #[cfg(feature = "config")]
            format: None,
            has_threads: false,
            #[cfg(feature = "config")]
            is_replicated: true,
        };
        SetOptions::new(*BoundOptions::new(described))
    }

    fn set_config(set: &SetOptions, config: &UserConfig) {
        let next = |mut options: BoundOptions| {
            options.user_config = Some(Arc::clone(config));
            Ok((options, ()))
        };
        set.change(next, |_, ()| ()).unwrap();
    }

    fn has(set: &SetOptions, config: &UserConfig) -> bool {
        let user_config = set.get().user_config;
        user_config.is_some_and(|set| Arc::ptr_eq(&set, config))
    }

    #[test]
    fn nothing_is_lost_that_is_set_while_something_else_is_thought_about() {
        let (set, config): (_, UserConfig) = (set(), Arc::new(1));
        let asked = std::cell::Cell::new(0);
        let next = |mut options: BoundOptions| {
            asked.set(asked.get() + 1);
            if asked.get() == 1 {
                set_config(&set, &config);
            }
            options.options.max_queued_requests += 1;
            Ok((options, ()))
        };
        let commanded = |next: &BoundOptions, ()| next.user_config.is_some();
        assert!(set.change(next, commanded).unwrap(), "as it is by now");
        assert_eq!(asked.get(), 2);
        assert!(has(&set, &config));
        let max = set.get().options.max_queued_requests;
        assert_eq!(max, Options::DEFAULT.max_queued_requests + 1);
    }

    #[test]
    fn what_is_wrong_sets_and_commands_nothing() {
        let set = set();
        let wrong = |_| Err::<(BoundOptions, ()), _>(crate::Error::failed("wrong"));
        let command = |_: &_, ()| unreachable!();
        set.change(wrong, command).unwrap_err();
        assert!(set.get().user_config.is_none());
    }

    #[test]
    fn a_refused_config_is_not_set_any_more_unless_it_was_replaced_already() {
        let set = set();
        let [first, second, third]: [UserConfig; 3] = [Arc::new(1), Arc::new(1), Arc::new(1)];
        set_config(&set, &first);
        set_config(&set, &second);
        set.take_back(&second, Some(Arc::clone(&first)));
        assert!(has(&set, &first));
        set_config(&set, &second);
        set_config(&set, &third);
        set.take_back(&second, Some(first));
        assert!(has(&set, &third));
    }
}
