use super::*;
use crate::Arm;
use crate::budget::has_budgets;

#[test]
fn the_calls_of_a_chain_add_up() {
    let deployments = with_budgets([("download", 50), ("decode", 20), ("segment", 100)]);
    let chain = Topology {
        entries: &[ENTRY],
        deployments: &deployments,
        nodes: &nodes(&deployments),
        edges: &edges([(0, 1), (1, 2)]),
        ..Topology::new("chain")
    };
    assert_eq!(said(&chain, 170), None);
    let over = "the longest path takes 170 ms, but `slo_ms` is 169: `download` 50 + `decode` 20 + `segment` 100";
    assert_eq!(said(&chain, 169).as_deref(), Some(over));
}

#[test]
fn the_longer_branch_of_a_diamond_counts() {
    for (left, right, sum) in [
        (30, 7, "`a` 1 + `left` 30 + `b` 2"),
        (3, 7, "`a` 1 + `right` 7 + `b` 2"),
    ] {
        let deployments = with_budgets([("a", 1), ("left", left), ("right", right), ("b", 2)]);
        let diamond = Topology {
            entries: &[ENTRY],
            deployments: &deployments,
            nodes: &nodes(&deployments),
            edges: &edges([(0, 1), (0, 2), (1, 3), (2, 3)]),
            ..Topology::new("diamond")
        };
        let said = said(&diamond, 5).expect("it is over");
        assert!(said.ends_with(&format!(": {sum}")), "{said}");
    }
}

#[test]
fn a_call_without_a_budget_counts_as_nothing_and_is_named() {
    let deployments = with_budgets([("a", 0), ("b", 5), ("c", 0), ("beside", 0)]);
    let chain = Topology {
        entries: &[ENTRY],
        deployments: &deployments,
        nodes: &nodes(&deployments),
        edges: &edges([(0, 1), (1, 2), (3, 2)]),
        ..Topology::new("chain")
    };
    let over = "the longest path takes 5 ms, but `slo_ms` is 4: `b` 5\n\
                note: `a`, `c` have no `budget_ms` and count as 0";
    assert_eq!(said(&chain, 4).as_deref(), Some(over));
}

#[test]
fn a_budget_that_is_set_at_build_counts_as_nothing_until_then() {
    let mut deployments = with_budgets([("a", 3), ("b", 5)]);
    deployments[0].set_at_build = &["budget_ms"];
    let chain = Topology {
        entries: &[ENTRY],
        deployments: &deployments,
        nodes: &nodes(&deployments),
        edges: &edges([(0, 1)]),
        ..Topology::new("chain")
    };
    assert_eq!(said(&chain, 5), None);
    let over = "the longest path takes 5 ms, but `slo_ms` is 4: `b` 5";
    assert_eq!(said(&chain, 4).as_deref(), Some(over));
}

/// Two nodes; the second one is in an arm that depends on the first. `edge` is the edge from the choice to the
/// second node.
fn choice(second: Endpoint, arm: Option<Arm>) -> Option<String> {
    let deployments = with_budgets([("decide", 10), ("fruit", 20), ("car", 5)]);
    let mut nodes = nodes(&deployments);
    nodes[1].when = arm;
    let topology = Topology {
        entries: &[ENTRY],
        deployments: &deployments,
        nodes: &nodes,
        choices: &[CHOICE],
        // The edge from the choice is before the edge to it.
        edges: &[
            edge(Endpoint::Choice(0), second),
            edge(Endpoint::Node(0), Endpoint::Choice(0)),
        ],
        ..Topology::new("chooser")
    };
    said(&topology, 1)
}

#[test]
fn a_choice_takes_no_time_itself() {
    let over = "the longest path takes 30 ms, but `slo_ms` is 1: `decide` 10 + `fruit` 20";
    assert_eq!(choice(Endpoint::Node(1), None).as_deref(), Some(over));
    let arm = Arm { choice: 0, arm: 0 };
    let by_its_arm_alone = choice(Endpoint::Output(0), Some(arm));
    assert_eq!(by_its_arm_alone.as_deref(), Some(over));
}

#[test]
fn of_several_entries_the_longest_one_is_named() {
    let deployments = with_budgets([("a", 3), ("b", 5), ("c", 7)]);
    let mut nodes = nodes(&deployments);
    nodes[2].entry = 1;
    let second = Entry {
        route: "/second",
        method: "second",
        ..ENTRY
    };
    let two = Topology {
        entries: &[ENTRY, second],
        deployments: &deployments,
        nodes: &nodes,
        edges: &edges([(0, 1)]),
        ..Topology::new("two")
    };
    assert_eq!(said(&two, 8), None); // entries are not added up
    let over = "the longest path of `/` takes 8 ms, but `slo_ms` is 7: `a` 3 + `b` 5";
    assert_eq!(said(&two, 7).as_deref(), Some(over));
    let mut moved = nodes.clone();
    moved[1].entry = 1;
    let two = Topology {
        nodes: &moved,
        edges: &edges([(1, 2)]),
        ..two
    };
    let over = "the longest path of `/second` takes 12 ms, but `slo_ms` is 7: `b` 5 + `c` 7";
    assert_eq!(said(&two, 7).as_deref(), Some(over));
}

#[test]
fn a_bound_graph_counts_as_its_own_longest_path() {
    let inner = with_budgets([("detect", 30), ("read", 40), ("count", 1)]);
    let mut inner_nodes = nodes(&inner);
    inner_nodes[2].entry = 1;
    let other = Entry {
        route: "/numbers/count",
        method: "count",
        ..ENTRY
    };
    let ocr = Topology {
        entries: &[ENTRY, other],
        deployments: &inner,
        nodes: &inner_nodes,
        edges: &edges([(0, 1)]),
        ..Topology::new("ocr")
    };
    let mut deployments = with_budgets([("download", 50), ("ocr", 0), ("again", 0), ("sum", 2)]);
    deployments[1].graph = Some(&ocr);
    deployments[2].graph = Some(&ocr);
    let mut nodes = nodes(&deployments);
    nodes[2].method.name = "count";
    let outer = Topology {
        entries: &[ENTRY],
        deployments: &deployments,
        nodes: &nodes,
        edges: &edges([(0, 1), (1, 2), (2, 3)]),
        ..Topology::new("outer")
    };
    let over = "the longest path takes 123 ms, but `slo_ms` is 120: \
                `download` 50 + `ocr` 70 (`detect` 30 + `read` 40) + `again` 1 (`count` 1) + `sum` 2";
    assert_eq!(said(&outer, 120).as_deref(), Some(over));
    assert_eq!(said(&outer, 123), None);
    assert!(has_budgets(&Topology {
        deployments: &deployments[1..2],
        nodes: &super::nodes(&with_budgets([("ocr", 0)])),
        ..outer
    }));
}

#[test]
fn a_graph_without_any_budget_has_none() {
    let mut deployments = with_budgets([("a", 0), ("b", 0)]);
    let nodes = nodes(&deployments);
    let has = |deployments: &[BoundDeployment<'_>]| {
        has_budgets(&Topology {
            deployments,
            nodes: &nodes,
            ..Topology::new("graph")
        })
    };
    assert!(!has(&deployments));
    deployments[1].set_at_build = &["budget_ms"];
    assert!(has(&deployments));
}

#[test]
fn a_long_path_is_cut_and_its_total_is_kept() {
    let deployments = with_budgets([("a_deployment_with_quite_a_long_name", 1); 1000]);
    let ends: [(usize, usize); 999] = std::array::from_fn(|i| (i, i + 1));
    let chain = Topology {
        entries: &[ENTRY],
        deployments: &deployments,
        nodes: &nodes(&deployments),
        edges: &edges(ends),
        ..Topology::new("chain")
    };
    let said = said(&chain, 999).expect("it is over");
    assert!(said.starts_with("the longest path takes 1000 ms, but `slo_ms` is 999: `a_"));
    assert!(said.ends_with(" .."), "{said}");
}
