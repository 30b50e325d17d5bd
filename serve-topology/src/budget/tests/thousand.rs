use super::*;
use crate::Arm;
use crate::budget::Text;

/// Every other node is in an arm of a choice that the node before it decides.
const fn thousand_nodes<'a>() -> [Node<'a>; 1000] {
    let mut all = [node("n", 0); 1000];
    let mut i = 1;
    while i < all.len() {
        all[i].when = Some(Arm {
            choice: i / 2,
            arm: 0,
        });
        i += 2;
    }
    all
}

const fn thousand_edges<'a>() -> [Edge<'a>; 999] {
    let mut all = [edge(Endpoint::Node(0), Endpoint::Node(1)); 999];
    let mut i = 0;
    while i < all.len() {
        let to = if i % 2 == 0 {
            Endpoint::Choice(i / 2)
        } else {
            Endpoint::Node(i + 1)
        };
        all[i] = edge(Endpoint::Node(i), to);
        i += 1;
    }
    all
}

/// rustc refuses a `const` that takes too long.
#[test]
fn a_thousand_nodes_are_added_up_at_compile_time() {
    const DEPLOYMENT: BoundDeployment<'_> = BoundDeployment {
        options: Options {
            budget: Some(Duration::from_millis(2)),
            ..Options::DEFAULT
        },
        ..deployment("n")
    };
    const THOUSAND: Topology<'_> = Topology {
        entries: &[ENTRY],
        deployments: &[DEPLOYMENT],
        nodes: &thousand_nodes(),
        choices: &[CHOICE; 500],
        edges: &thousand_edges(),
        limits: GraphLimits {
            slo: Some(Duration::from_millis(1999)),
            ..GraphLimits::NONE
        },
        ..Topology::new("thousand")
    };
    const OVER: Option<Text> = over_slo(&THOUSAND, &mut [Step::NEW; steps(&THOUSAND)]);
    let said = OVER.expect("it is over");
    let starts = "the longest path takes 2000 ms, but `slo_ms` is 1999: `n` 2 + `n` 2 + ";
    assert!(said.as_str().starts_with(starts), "{}", said.as_str());
}
