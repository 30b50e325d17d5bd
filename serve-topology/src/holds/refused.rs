//! Refuses what one request alone could not survive.

use super::{Hold, Mark, is_stream};
use crate::budget::{are_replicas_set_at_build, is_set_at_build};
use crate::text::Text;
use crate::{BoundDeployment, Execution, Topology};

/// The calls that one replica has at one time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Calls {
    /// No limit, or there are no replicas.
    Unlimited,
    /// `max_ongoing_requests` of them.
    AsConfigured,
    /// One: all `async fn` of the deployment take `&mut self`.
    One,
}

/// A hold of more places than there are.
#[derive(Debug, Clone, Copy)]
pub struct Refused<'a> {
    /// What is held.
    pub hold: Hold<'a>,
    /// The route of the request.
    pub route: &'a str,
    /// The name of the deployment.
    pub deployment: &'a str,
    /// Where the calls run.
    pub execution: Execution,
    /// The calls in place of one replica.
    pub calls: Calls,
    /// The maximum number of replicas.
    pub replicas: usize,
    /// The calls that one replica has at one time.
    pub each: usize,
}

impl<'a> Refused<'a> {
    /// This hold, if there are too few places.
    pub const fn if_too_few(self) -> Option<Refused<'a>> {
        if self.hold.places <= self.replicas.saturating_mul(self.each) {
            None
        } else {
            Some(self)
        }
    }

    /// The message, with the arithmetic.
    pub const fn text(&self) -> Text {
        let mut text = Text::new();
        text.push("a request of `");
        text.push(self.route);
        text.push("` would wait for itself for ever: ");
        self.hold.push_told(self.deployment, &mut text);
        text.push("\nnote: that takes ");
        match self.hold.places {
            usize::MAX => text.push("2 places for each item"),
            places => {
                text.push_number(places as u64);
                text.push(" places at one time");
            }
        }
        text.push(", but `");
        text.push(self.deployment);
        text.push("` has ");
        self.push_places(&mut text);
        text.push("\nhelp: ");
        // However many places there are, there may be more items.
        if self.hold.places < usize::MAX {
            text.push(match (self.execution, self.calls) {
                (Execution::InPlace, Calls::AsConfigured) => {
                    "raise `max_ongoing_requests` or `num_replicas` of `"
                }
                _ => "raise `num_replicas` of `",
            });
            text.push(self.deployment);
            text.push("`, or ");
        }
        text.push("bind a deployment of its own for one of the calls");
        text
    }

    /// `1 replica x 1 call on a thread = 1`.
    const fn push_places(&self, text: &mut Text) {
        text.push_number(self.replicas as u64);
        text.push(if self.replicas == 1 {
            " replica x "
        } else {
            " replicas x "
        });
        text.push_number(self.each as u64);
        text.push(if self.each == 1 { " call" } else { " calls" });
        text.push(match (self.execution, self.calls) {
            (Execution::Compute, _) => " on a thread = ",
            (Execution::InPlace, Calls::One) => " with `&mut self` = ",
            (Execution::InPlace, _) => " = ",
        });
        text.push_number(self.replicas.saturating_mul(self.each) as u64);
    }
}

/// The first of these calls of one deployment that is a stream for which the constant options leave too few places, and
/// the message; no node's index if there is none. An option that is set at build is not known here: the runtime checks it.
///
/// `calls` are those of the deployment in place, and there are [`Mark::count`] marks.
pub const fn waits_for_itself(
    topology: &Topology<'_>,
    nodes: &[usize],
    calls: Calls,
    marks: &mut [Mark],
) -> (usize, Option<Text>) {
    let mut i = 0;
    while i < nodes.len() {
        let stream = nodes[i];
        let node = &topology.nodes[stream];
        let deployment = &topology.deployments[node.deployment];
        if is_stream(node)
            && let Some(each) = each(deployment, node.method.execution, calls)
        {
            Mark::around(topology, stream, marks);
            if let Some(hold) = Hold::of(topology, stream, marks)
                && let Some(refused) = (Refused {
                    hold,
                    route: topology.entries[node.entry].route,
                    deployment: deployment.name,
                    execution: node.method.execution,
                    calls,
                    replicas: deployment.options.max_replicas() as usize,
                    each,
                })
                .if_too_few()
            {
                return (stream, Some(refused.text()));
            }
        }
        i += 1;
    }
    (usize::MAX, None)
}

/// The calls that one replica has at one time, if that and the number of replicas are constants.
const fn each(
    deployment: &BoundDeployment<'_>,
    execution: Execution,
    calls: Calls,
) -> Option<usize> {
    if deployment.graph.is_some() || are_replicas_set_at_build(deployment) {
        return None;
    }
    match (execution, calls) {
        (_, Calls::Unlimited) => None,
        (Execution::Compute, _) | (Execution::InPlace, Calls::One) => Some(1),
        (Execution::InPlace, Calls::AsConfigured) => {
            match deployment.options.max_ongoing_requests {
                Some(max) if !is_set_at_build(deployment, "max_ongoing_requests") => {
                    Some(max as usize)
                }
                _ => None,
            }
        }
    }
}
