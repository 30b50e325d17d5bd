//! The order in which the steps of a region are polled: as the user wrote them, but an expression that only looks at a
//! value comes before the steps that take the value. So the last of those gets the value itself, and not a copy.

use std::collections::BTreeSet;

use crate::ir::graph::{Action, Arm, Edge, Operand, Region, Step};
use crate::ir::id::{EdgeId, Table};

/// The steps, in topological order.
pub(super) fn steps<'r>(region: &'r Region, edges: &Table<EdgeId, Edge>) -> Vec<&'r Step> {
    let mut steps: Vec<&Step> = region.steps.iter().collect();
    for place in 1..steps.len() {
        let looks_at = looks_at(steps[place].action.operands(), edges);
        if looks_at.is_empty() || is_result_of_an_arm(steps[place], edges) {
            continue;
        }
        let takes =
            |step: &&Step| taken(step.action.operands()).any(|edge| looks_at.contains(&edge));
        let Some(taker) = steps[..place].iter().position(takes) else {
            continue;
        };
        if steps[taker..place]
            .iter()
            .any(|step| needs(steps[place], step))
        {
            continue;
        }
        let step = steps.remove(place);
        steps.insert(taker, step);
    }
    steps
}

/// The arguments of a call that only look at what an earlier one takes: they are evaluated first.
pub(super) fn looks_first(args: &[Operand], edges: &Table<EdgeId, Edge>) -> Vec<usize> {
    let looks_first = |index: &usize| {
        let looks_at = looks_at(&args[*index..=*index], edges);
        taken(&args[..*index]).any(|edge| looks_at.contains(&edge))
    };
    (0..args.len()).filter(looks_first).collect()
}

/// The values that operands only look at, although others read them.
fn looks_at(operands: &[Operand], edges: &Table<EdgeId, Edge>) -> BTreeSet<EdgeId> {
    let reads = operands.iter().flat_map(|operand| match operand {
        Operand::Plain { reads, .. } => &reads[..],
        Operand::Edge { .. } => &[],
    });
    let reads = reads.filter(|read| read.lendable && edges[read.edge].is_shared());
    reads.map(|read| read.edge).collect()
}

/// The values that operands may take.
fn taken(operands: &[Operand]) -> impl Iterator<Item = EdgeId> {
    operands.iter().flat_map(|operand| match operand {
        Operand::Edge { edge, .. } => vec![*edge],
        Operand::Plain { reads, .. } => {
            let taken = reads.iter().filter(|read| !read.lendable);
            taken.map(|read| read.edge).collect()
        }
    })
}

/// Whether a step has to come after another one.
fn needs(step: &Step, other: &Step) -> bool {
    let reads = step.action.reads();
    let writes: &[EdgeId] = match &other.action {
        Action::Call(call) => &[call.edge],
        Action::FanOut(fan_out) => &[fan_out.edge],
        Action::Value { edge, .. } => &[*edge],
        Action::TakeApart { parts, .. } => parts,
        Action::Choose(choose) => {
            let decides = |arm: Arm| arm.choice == choose.choice;
            let parts = choose.branches.iter().flat_map(|branch| &branch.parts);
            return step.when.is_some_and(decides)
                || parts.into_iter().any(|part| reads.contains(part));
        }
    };
    writes.iter().any(|edge| reads.contains(edge))
}

/// The result of a choice has the type of the first arm's, so that the arms stay in order.
fn is_result_of_an_arm(step: &Step, edges: &Table<EdgeId, Edge>) -> bool {
    matches!(&step.action, Action::Value { edge, .. } if edges[*edge].when != step.when)
}
