//! Tests of the ledger: what fits, what is refused and why, and that nothing is lost.

use serve_topology::Options;

use super::amount::Amount;
use super::devices::{GpuNeed, Gpus};
use super::{Demand, Grant, Ledger, Machine, Wanted};

const GIB: u64 = 1 << 30;

fn machine() -> Machine {
    Machine::empty()
        .num_cpus(8.0)
        .cores(0..8)
        .num_gpus(2)
        .memory(16 * GIB)
        .resources([("license", 3.0)])
}

fn wanted(deployment: &str, num_replicas: usize, options: Options<'_>) -> Wanted {
    Wanted {
        deployment: deployment.into(),
        num_replicas,
        demand: Demand::of(&options, None, true).unwrap(),
    }
}

fn cpus(num_cpus: f64) -> Options<'static> {
    Options::DEFAULT.num_cpus(num_cpus)
}

fn gpus(num_gpus: f64) -> Options<'static> {
    Options::DEFAULT.num_gpus(num_gpus)
}

fn refusal(ledger: &Ledger, wanted: &[Wanted]) -> String {
    ledger.take_all(wanted).unwrap_err().to_string()
}

fn numbers(grants: &[Grant]) -> Vec<Vec<usize>> {
    let gpus = grants.iter().map(|grant| grant.context().gpus().to_vec());
    gpus.collect()
}

#[test]
fn a_refusal_lists_every_resource_that_does_not_fit() {
    let ledger = Ledger::from(machine());
    let segmentation = Options::DEFAULT
        .num_cpus(4.0)
        .memory(10 * GIB)
        .resources(&[("license", 2.0)]);
    let wanted = [
        wanted("segmentation", 2, segmentation),
        wanted("fruit", 1, cpus(1.0)),
        wanted("small", 1, gpus(0.5)),
    ];
    assert_eq!(
        refusal(&ledger, &wanted),
        "the replicas do not fit on the machine\n\
         note: `segmentation` 2 x 4 + `fruit` 1 x 1 = 9 CPUs, but the machine has 8\n\
         note: `segmentation` 2 x 10 GiB = 20 GiB of memory, but the machine has 16 GiB\n\
         note: `segmentation` 2 x 2 = 4 of `license`, but the machine has 3\n\
         help: lower `num_cpus` or `num_replicas`, or say that the machine has more: `--num-cpus ..`\n\
         help: lower `memory` or `num_replicas`, or say that the machine has more: `--memory ..`\n\
         help: lower `resources` or `num_replicas`, or say that the machine has more: `--resource license=..`"
    );
    assert!(ledger.is_untouched());
}

#[test]
fn resources_taken_by_others_are_counted() {
    let ledger = Ledger::from(machine());
    let first = ledger.take_all(&[wanted("first", 3, cpus(2.0))]).unwrap();
    let more = [wanted("second", 1, cpus(2.5))];
    let refused = refusal(&ledger, &more);
    let note = "\nnote: `second` 1 x 2.5 = 2.5 CPUs, but only 2 of the machine's 8 are free\n";
    assert!(refused.contains(note), "{refused}");

    drop(first);
    assert!(ledger.is_untouched());
    ledger.take_all(&more).unwrap();
}

#[test]
fn a_refusal_says_if_the_machine_has_none() {
    let ledger = Ledger::from(Machine::empty());
    let other = Options::DEFAULT.resources(&[("fpga", 1.0)]);
    let wanted = [wanted("model", 1, gpus(0.5)), wanted("other", 1, other)];
    let refused = refusal(&ledger, &wanted);
    for line in [
        "\nnote: `model` 1 x 0.5 = 0.5 GPUs, but the machine has none",
        "\nnote: `other` 1 x 1 = 1 of `fpga`, but the machine has none",
        "\nhelp: say how much of `fpga` the machine has: `--resource fpga=..`",
    ] {
        assert!(refused.contains(line), "{refused}");
    }
}

#[test]
fn parts_share_a_gpu_and_whole_gpus_are_not_shared() {
    let ledger = Ledger::from(machine().num_gpus(4));
    // In an order in which the small ones would use a part of every GPU.
    let all = [
        wanted("small", 4, gpus(0.25)),
        wanted("half", 1, gpus(0.5)),
        wanted("pair", 1, gpus(2.0)),
    ];
    let grants = ledger.take_all(&all).unwrap();
    assert_eq!(numbers(&grants[2]), [[0, 1]]);
    assert_eq!(numbers(&grants[1]), [[2]]);
    assert_eq!(numbers(&grants[0]), [[2], [2], [3], [3]]);
    assert_eq!(grants[2][0].context().cuda_visible_devices(), "0,1");
    assert_eq!(grants[0][0].context().num_gpus(), 0.25);

    drop(grants);
    assert!(ledger.is_untouched());
}

#[test]
fn a_part_is_taken_from_the_gpu_with_the_least_left() {
    let mut all = Gpus::new(3);
    let part = |number| GpuNeed::Part(Amount::of(number));
    assert_eq!(all.take(part(0.3)), Some(vec![(0, Amount::of(0.3))]));
    assert_eq!(all.take(part(0.8)), Some(vec![(1, Amount::of(0.8))]));
    assert_eq!(all.take(part(0.2)).unwrap()[0].0, 1); // fills it
    assert_eq!(all.take(part(0.7)).unwrap()[0].0, 0); // fills it
    assert_eq!(all.take(GpuNeed::Whole(2)), None);
    assert_eq!(all.take(GpuNeed::Whole(1)).unwrap()[0].0, 2);
    assert_eq!(all.take(part(0.1)), None);
}

#[test]
fn parts_that_only_fit_in_the_sum_are_refused() {
    let ledger = Ledger::from(machine());
    assert_eq!(
        refusal(&ledger, &[wanted("model", 3, gpus(0.6))]),
        "the replicas do not fit on the machine's GPUs\n\
         note: a replica of `model`, 3 x 0.6, needs 0.6 of one GPU, but the free parts of the GPUs are 0.4, 0.4\n\
         help: choose parts that add up to whole GPUs, such as 0.5 or 0.25"
    );
    assert!(ledger.is_untouched());
}

#[test]
fn whole_cpus_are_cores_of_their_own_while_any_are_free() {
    let ledger = Ledger::from(machine().num_cpus(100.0).cores([2, 3, 5]));
    let all = [
        wanted("two", 1, cpus(2.0)),
        wanted("shared", 1, cpus(1.5)),
        wanted("one", 2, cpus(1.0)),
    ];
    let grants = ledger.take_all(&all).unwrap();
    let cores = |deployment: usize, replica: usize| {
        let grant: &Grant = &grants[deployment][replica];
        grant.context().cpus().to_vec()
    };
    assert_eq!(cores(0, 0), [2, 3]);
    assert_eq!(cores(1, 0), [0; 0]);
    assert_eq!(cores(2, 0), [5]);
    assert_eq!(cores(2, 1), [0; 0]); // none left: the replica is not pinned
    assert_eq!(grants[0][0].context().num_cpus(), 2);
    assert_eq!(grants[1][0].context().num_cpus(), 2);
}

#[test]
fn a_replica_without_threads_is_not_pinned() {
    let in_place = Demand::of(&cpus(1.0), None, false).unwrap();
    let wanted = Wanted {
        deployment: "in place".into(),
        num_replicas: 1,
        demand: in_place,
    };
    let ledger = Ledger::from(machine());
    let grants = ledger.take_all(&[wanted]).unwrap();
    assert_eq!(grants[0][0].context().cpus(), [0; 0]);
}

#[test]
fn wrong_amounts_are_refused() {
    let wrong = |options: Options<'_>| Demand::of(&options, None, true).unwrap_err();
    assert_eq!(
        wrong(gpus(1.5)),
        "`num_gpus` must be a number from 0 to 1, or a larger whole number, but is 1.5"
    );
    assert_eq!(
        wrong(cpus(-1.0)),
        "`num_cpus` must be a number of at least 0, but is -1"
    );
    assert_eq!(
        wrong(cpus(f64::NAN)),
        "`num_cpus` must be a number of at least 0, but is NaN"
    );
    assert_eq!(
        wrong(cpus(0.00001)),
        "`num_cpus` must be 0, or at least 0.0001, but is 0.00001"
    );
    let bound = [("GPU".to_owned(), 1.0)];
    assert_eq!(
        Demand::of(&Options::DEFAULT, Some(&bound), true).unwrap_err(),
        "`GPU` of `resources` has an option of its own, `num_gpus`"
    );
}

/// Takes and gives back at random: no GPU and no core is ever given twice, the sums never exceed the
/// machine's, and in the end everything is free.
#[test]
fn nothing_is_over_committed_and_nothing_is_lost() {
    let parts = [0.1, 0.25, 1.0 / 3.0, 0.5, 0.7, 1.0, 2.0];
    for seed in 1..200 {
        let mut random = Random(seed);
        let ledger = Ledger::from(machine().num_gpus(3));
        let mut held: Vec<(f64, f64, Grant)> = Vec::new();
        let mut refused = 0;
        for _ in 0..60 {
            if !held.is_empty() && random.below(3) == 0 {
                held.swap_remove(random.below(held.len()));
                continue;
            }
            let options = Options::DEFAULT
                .num_cpus(parts[random.below(parts.len())])
                .num_gpus(parts[random.below(parts.len())]);
            match ledger.take_all(&[wanted("any", 1 + random.below(2), options)]) {
                Ok(grants) => {
                    let of = |option: Option<f64>| option.unwrap();
                    let grants = grants.into_iter().flatten();
                    held.extend(grants.map(|it| (of(options.num_cpus), of(options.num_gpus), it)));
                }
                Err(_) => refused += 1,
            }
            check(&held);
        }
        assert!(refused > 0, "seed {seed} never filled the machine");
        held.clear();
        assert!(ledger.is_untouched(), "seed {seed}");
    }
}

fn check(held: &[(f64, f64, Grant)]) {
    let mut gpus = [0.0; 3];
    let mut cores = Vec::new();
    for (_, num_gpus, grant) in held {
        for gpu in grant.context().gpus() {
            gpus[*gpu] += num_gpus.min(1.0);
        }
        cores.extend_from_slice(grant.context().cpus());
    }
    let rounding = 1e-3;
    assert!(gpus.iter().all(|used| *used <= 1.0 + rounding), "{gpus:?}");
    let cpus: f64 = held.iter().map(|(num_cpus, ..)| num_cpus).sum();
    assert!(cpus <= 8.0 + rounding, "{cpus}");
    let given = cores.len();
    cores.sort_unstable();
    cores.dedup();
    assert_eq!(cores.len(), given, "a core was given twice");
}

/// Xorshift: the same numbers for the same seed.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }
}
