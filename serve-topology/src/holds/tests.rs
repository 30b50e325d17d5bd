use crate::{
    AutoscalingConfig, BoundDeployment, Edge, Endpoint, Entry, Execution, Method, Node, Options,
    Topology,
};

use super::{Calls, Mark, waits_for_itself};

const STREAM: &str = "Streaming<u64>";
const ENTRIES: [Entry<'_>; 1] = [Entry::new("/", "u64")];
const MODEL: BoundDeployment<'_> = BoundDeployment::new("model", "model", "Model");
const JOIN: BoundDeployment<'_> = BoundDeployment::new("join", "join", "join");

const fn node<'a>(name: &'a str, deployment: usize, output: &'a str) -> Node<'a> {
    let method = Method::new(name, Execution::Compute).output(output);
    Node::new(name, 0, deployment, method)
}

const fn edge(from: usize, to: usize) -> Edge<'static> {
    Edge::new(Endpoint::Node(from), Endpoint::Node(to), "")
}

/// `join(model.words(n), model.score(n))`
const NODES: [Node<'_>; 3] = [
    node("words", 0, STREAM),
    node("score", 0, "u64"),
    node("join", 1, "u64"),
];
const EDGES: [Edge<'_>; 2] = [edge(0, 2), edge(1, 2)];

/// The message for these nodes and edges with that deployment.
fn refused(
    nodes: &[Node<'_>],
    edges: &[Edge<'_>],
    model: BoundDeployment<'_>,
    calls: Calls,
) -> Option<String> {
    let deployments = [model, JOIN];
    let topology = Topology::new("g")
        .entries(&ENTRIES)
        .deployments(&deployments)
        .nodes(nodes)
        .edges(edges);
    let mut marks = vec![Mark::NEW; Mark::count(&topology)];
    let (node, text) = waits_for_itself(&topology, &[0, 1], calls, &mut marks);
    text.map(|text| {
        assert_eq!(topology.nodes[node].name, "words");
        text.as_str().to_owned()
    })
}

fn of_one_reader(model: BoundDeployment<'_>, calls: Calls) -> Option<String> {
    refused(&NODES, &EDGES, model, calls)
}

#[test]
fn a_stream_and_a_value_of_one_thread_are_refused_with_the_arithmetic() {
    assert_eq!(
        of_one_reader(MODEL, Calls::AsConfigured).unwrap(),
        "a request of `/` would wait for itself for ever: `words` keeps its place at `model` until `join` reads it, \
         which waits for `score`\n\
         note: that takes 2 places at one time, but `model` has 1 replica x 1 call on a thread = 1\n\
         help: raise `num_replicas` of `model`, or bind a deployment of its own for one of the calls"
    );
}

#[test]
fn enough_replicas_are_accepted_also_if_they_follow_the_load() {
    let two = MODEL.options(Options::DEFAULT.num_replicas(2));
    assert_eq!(of_one_reader(two, Calls::AsConfigured), None);
    let scaled = |max| {
        let config = AutoscalingConfig::new().max_replicas(max);
        MODEL.options(Options::DEFAULT.autoscaling_config(config))
    };
    assert_eq!(of_one_reader(scaled(2), Calls::AsConfigured), None);
    assert!(of_one_reader(scaled(1), Calls::AsConfigured).is_some());
}

#[test]
fn an_option_that_is_set_at_build_is_left_to_deploy() {
    let replicas = MODEL.set_at_build(&["num_replicas"]);
    assert_eq!(of_one_reader(replicas, Calls::AsConfigured), None);
    let scaled = MODEL.set_at_build(&["autoscaling_config"]);
    assert_eq!(of_one_reader(scaled, Calls::AsConfigured), None);
}

#[test]
fn calls_in_place_are_limited_by_their_option_or_by_what_they_change() {
    let in_place = |output| {
        let method = Method::new("", Execution::InPlace).output(output);
        Node::new("", 0, 0, method)
    };
    let name = |name, node| Node { name, ..node };
    let nodes = [
        name("words", in_place(STREAM)),
        name("score", in_place("u64")),
        NODES[2],
    ];
    let with = |max| MODEL.options(Options::DEFAULT.max_ongoing_requests(max));
    let refused = |model, calls| refused(&nodes, &EDGES, model, calls);
    assert_eq!(refused(with(2), Calls::AsConfigured), None);
    let one = refused(with(1), Calls::AsConfigured).unwrap();
    assert!(one.contains("1 replica x 1 call = 1\nhelp: raise `max_ongoing_requests` or"));
    let changed = refused(with(2), Calls::One).unwrap();
    assert!(
        changed.contains("1 replica x 1 call with `&mut self` = 1\nhelp: raise `num_replicas` of")
    );
    assert_eq!(refused(with(1), Calls::Unlimited), None);
    let computed = with(1).set_at_build(&["max_ongoing_requests"]);
    assert_eq!(refused(computed, Calls::AsConfigured), None);
}

#[test]
fn what_ends_before_the_stream_begins_takes_no_place_beside_it() {
    let edges = [edge(1, 0), edge(0, 2), edge(1, 2)];
    assert_eq!(refused(&NODES, &edges, MODEL, Calls::AsConfigured), None);
}

#[test]
fn a_stream_for_each_item_needs_two_places_for_each() {
    let nodes = NODES.map(|node| node.each(0));
    let two = MODEL.options(Options::DEFAULT.num_replicas(2));
    let text = refused(&nodes, &EDGES, two, Calls::AsConfigured).unwrap();
    assert!(
        text.contains("that takes 2 places for each item, but `model` has 2 replicas x 1 call")
    );
    assert!(text.ends_with("= 2\nhelp: bind a deployment of its own for one of the calls"));
}
