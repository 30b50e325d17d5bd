//! Which nodes run, and whether a request fails, follows from the program and its inputs alone: whatever a request
//! reaches runs, and is waited for, in every order of completion. Arms that it does not take do not run.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serve_runtime::prelude::*;
use serve_runtime::testing::orders;

/// How often each call was made.
type Log = Arc<Mutex<BTreeMap<String, u32>>>;

/// Records each call that ends, and fails for 13.
#[deployment]
struct Step(&'static str, Log);

#[deployment]
impl Step {
    fn new(name: &'static str, log: Log) -> Self {
        Step(name, log)
    }

    async fn run(&self, number: u64) -> Result<u64> {
        let Step(name, log) = self;
        *log.lock()
            .unwrap()
            .entry(format!("{name} {number}"))
            .or_default() += 1;
        match number {
            13 => Err(Error::invalid_input("13")),
            number => Ok(number),
        }
    }
}

/// The calls, and the answer or the error, which are the same in every order.
macro_rules! outcome {
    ($graph:ident($($input:expr),*)) => {{
        let outcome = orders(0..150, async || {
            let log = Log::default();
            let answer = deploy($graph(log.clone())).await?.call($($input),*).await;
            let answer = answer.map_err(|error| error.to_string());
            // An error ends the request: calls that have not been made then are not made.
            let calls = log.lock().unwrap().clone();
            Ok((answer.clone(), answer.is_ok().then_some(calls)))
        });
        match outcome {
            (Ok(answer), Some(calls)) => {
                let calls: Vec<String> = calls
                    .into_iter()
                    .map(|(call, times)| format!("{call} x{times}"))
                    .collect();
                Ok((answer, calls.join(", ")))
            }
            (answer, _) => Err(answer.unwrap_err()),
        }
    }};
}

/// The value of the first choice is read in one arm of the second.
#[graph]
fn unread_choice(log: Log) -> u64 {
    let kind = Step::bind("kind", log.clone());
    let odd = Step::bind("odd", log.clone());
    let even = Step::bind("even", log.clone());
    let long = Step::bind("long", log.clone());
    let short = Step::bind("short", log);
    input(|number: u64, is_long: bool| {
        let details = match kind.run(number) {
            number if number % 2 == 1 => odd.run(number),
            13 => 0,
            number => even.run(number),
        };
        if is_long {
            long.run(details)
        } else {
            short.run(1)
        }
    })
}

#[test]
fn a_choice_that_the_answer_does_not_need_is_made_and_fails_in_every_order() {
    let failed = "node `kind.run`: 13".to_owned();
    assert_eq!(outcome!(unread_choice(13, false)), Err(failed.clone()));
    assert_eq!(outcome!(unread_choice(13, true)), Err(failed));
    let answer = outcome!(unread_choice(4, false)).unwrap();
    assert_eq!(answer, (1, "even 4 x1, kind 4 x1, short 1 x1".to_owned()));
    let answer = outcome!(unread_choice(3, true)).unwrap();
    assert_eq!(answer, (3, "kind 3 x1, long 3 x1, odd 3 x1".to_owned()));
}

/// Choices in arms, and what their arms call, that only an arm of another choice reads.
#[graph]
fn unread_in_arms(log: Log) -> u64 {
    let first = Step::bind("first", log.clone());
    let inner = Step::bind("inner", log.clone());
    let deep = Step::bind("deep", log.clone());
    let each = Step::bind("each", log.clone());
    let last = Step::bind("last", log);
    input(|number: u64, numbers: Vec<u64>, reads: bool| {
        let outer = match first.run(number) {
            0 => {
                let kept = match inner.run(number + 1) {
                    1 => deep.run(number + 2),
                    other => other,
                };
                let all = numbers.map(|number| each.run(number));
                if reads {
                    kept + all.len() as u64 + last.run(7)
                } else {
                    last.run(8)
                }
            }
            _ if reads => last.run(9),
            number => number,
        };
        if reads { last.run(outer) } else { last.run(6) }
    })
}

#[test]
fn choices_and_fan_outs_in_an_arm_are_waited_for_if_the_request_takes_it() {
    let (answer, calls) = outcome!(unread_in_arms(0, vec![2, 3], false)).unwrap();
    let all = "deep 2 x1, each 2 x1, each 3 x1, first 0 x1, inner 1 x1, last 6 x1, last 8 x1";
    assert_eq!((answer, &*calls), (6, all));
    let (answer, calls) = outcome!(unread_in_arms(1, vec![2, 13], false)).unwrap();
    assert_eq!((answer, &*calls), (6, "first 1 x1, last 6 x1"));
    let failed = outcome!(unread_in_arms(0, vec![2, 13], false));
    assert_eq!(failed, Err("node `each.run[1]`: 13".to_owned()));
    let failed = outcome!(unread_in_arms(11, vec![], false)).unwrap();
    assert_eq!(failed, (6, "first 11 x1, last 6 x1".to_owned()));
}

/// The same for the items of a fan-out.
#[graph]
fn unread_in_items(log: Log) -> Vec<u64> {
    let kind = Step::bind("kind", log.clone());
    let part = Step::bind("part", log.clone());
    let last = Step::bind("last", log);
    input(|numbers: Vec<u64>, shared: u64, reads: bool| {
        let outside = part.run(shared);
        numbers.map(|number| {
            let details = match kind.run(number) {
                2 => part.run(number + 20),
                number => number,
            };
            let parts = vec![number].map(|number| part.run(number + 10));
            if reads && number > 100 {
                last.run(details + outside + parts.len() as u64)
            } else {
                last.run(number)
            }
        })
    })
}

#[test]
fn items_wait_for_what_they_reach_and_the_request_for_what_items_capture() {
    let (answer, calls) = outcome!(unread_in_items(vec![1, 2], 5, false)).unwrap();
    let all =
        "kind 1 x1, kind 2 x1, last 1 x1, last 2 x1, part 11 x1, part 12 x1, part 22 x1, part 5 x1";
    assert_eq!((answer, &*calls), (vec![1, 2], all));
    assert!(outcome!(unread_in_items(vec![1, 3], 5, true)).is_err());
    assert!(outcome!(unread_in_items(vec![1], 13, false)).is_err());
    // Nothing is called for no items, but the value that they would have shared is made.
    assert!(outcome!(unread_in_items(vec![], 13, false)).is_err());
}

/// A graph that is divided into parts.
#[graph]
fn large(log: Log) -> u64 {
    let kind = Step::bind("kind", log.clone());
    let odd = Step::bind("odd", log.clone());
    let step = Step::bind("step", log);
    input(|number: u64, is_long: bool| {
        let a = step.run(step.run(step.run(step.run(step.run(step.run(step.run(step.run(0))))))));
        let details = match kind.run(number + a) {
            1 => odd.run(number),
            number => number,
        };
        let b = step.run(step.run(step.run(step.run(step.run(step.run(step.run(step.run(0))))))));
        let c = step.run(step.run(step.run(step.run(step.run(step.run(step.run(step.run(0))))))));
        let d = step.run(step.run(step.run(step.run(step.run(step.run(step.run(step.run(0))))))));
        let sum = b + c + d;
        if is_long { odd.run(details + sum) } else { 100 }
    })
}

#[test]
fn a_large_graph_waits_for_what_it_reaches() {
    assert!(outcome!(large(13, false)).is_err());
    let (answer, calls) = outcome!(large(1, false)).unwrap();
    assert_eq!((answer, &*calls), (100, "kind 1 x1, odd 1 x1, step 0 x32"));
}
