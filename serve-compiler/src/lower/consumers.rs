//! How often a value is read: by how many operands in all, and by how many of them in one request.

use std::collections::HashMap;

use crate::ir::graph::{Action, Arm, Choose, Entry, Region, Step};
use crate::ir::id::{ChoiceId, EdgeId, Table};

/// Reads of each edge.
type Reads = HashMap<EdgeId, usize>;

/// Fills in [`Edge::consumers`](crate::ir::graph::Edge), `max_consumers`, and the values that each arm of a choice
/// releases.
pub(super) fn count(entry: &mut Entry) {
    let mut counter = Counter {
        total: HashMap::new(),
        max: HashMap::new(),
        releases: HashMap::new(),
    };
    counter.region(&entry.body);
    for (id, edge) in entry.edges.ids().zip(entry.edges.iter_mut()) {
        edge.consumers = counter.total.get(&id).copied().unwrap_or(0);
        edge.max_consumers = counter.max.get(&id).copied().unwrap_or(0);
        if edge.excused {
            edge.consumers = edge.consumers.max(1); // its error was reported
        }
    }
    let inside = entry.edges.map(|edge| edge.when);
    release(&mut entry.body, &mut counter.releases, &inside);
}

struct Counter {
    total: Reads,
    max: Reads,
    /// All values that the arms of a choice read, with those of inner choices.
    releases: HashMap<ChoiceId, Vec<Reads>>,
}

/// The values that one arm of a choice reads, or every arm.
#[derive(Default)]
struct Count {
    total: Reads,
    max: Reads,
}

impl Counter {
    fn region(&mut self, region: &Region) {
        let mut by_arm: HashMap<Option<Arm>, Vec<&Step>> = HashMap::new();
        for step in &region.steps {
            by_arm.entry(step.when).or_default().push(step);
            if let Action::FanOut(fan_out) = &step.action {
                self.region(&fan_out.body);
            }
        }
        let mut count = self.arm(None, &by_arm);
        for edge in region.output.edges() {
            count.read(edge);
        }
        self.total.extend(count.total);
        self.max.extend(count.max);
    }

    fn arm(&mut self, when: Option<Arm>, steps: &HashMap<Option<Arm>, Vec<&Step>>) -> Count {
        let mut count = Count::default();
        for step in steps.get(&when).into_iter().flatten() {
            step.action
                .reads()
                .into_iter()
                .for_each(|edge| count.read(edge));
            if let Action::Choose(choose) = &step.action {
                self.choice(choose, steps, &mut count);
            }
        }
        count
    }

    fn choice(
        &mut self,
        choose: &Choose,
        steps: &HashMap<Option<Arm>, Vec<&Step>>,
        count: &mut Count,
    ) {
        let mut max = Reads::new();
        let mut totals = Vec::new();
        for arm in choose.branches.ids() {
            let choice = choose.choice;
            let branch = self.arm(Some(Arm { choice, arm }), steps);
            for (edge, reads) in branch.max {
                let max = max.entry(edge).or_default();
                *max = reads.max(*max);
            }
            add(&mut count.total, &branch.total);
            totals.push(branch.total);
        }
        add(&mut count.max, &max);
        self.releases.insert(choose.choice, totals);
    }
}

impl Count {
    fn read(&mut self, edge: EdgeId) {
        *self.total.entry(edge).or_default() += 1;
        *self.max.entry(edge).or_default() += 1;
    }
}

fn add(sum: &mut Reads, reads: &Reads) {
    for (edge, reads) in reads {
        *sum.entry(*edge).or_default() += reads;
    }
}

/// Notes for each arm the values from outside of the choice that only the other arms would have read.
fn release(
    region: &mut Region,
    reads: &mut HashMap<ChoiceId, Vec<Reads>>,
    made: &Table<EdgeId, Option<Arm>>,
) {
    for step in &mut region.steps {
        match &mut step.action {
            Action::FanOut(fan_out) => release(&mut fan_out.body, reads, made),
            Action::Choose(choose) => {
                let totals = reads.remove(&choose.choice).unwrap_or_default();
                for (taken, branch) in choose.branches.iter_mut().enumerate() {
                    let mut released = Reads::new();
                    for (_, total) in totals.iter().enumerate().filter(|(arm, _)| *arm != taken) {
                        add(&mut released, total);
                    }
                    let is_outside =
                        |edge: EdgeId| made[edge].is_none_or(|arm| arm.choice < choose.choice);
                    branch.releases = released
                        .into_iter()
                        .filter(|(edge, _)| is_outside(*edge))
                        .collect();
                    branch.releases.sort_unstable();
                }
            }
            _ => {}
        }
    }
}
