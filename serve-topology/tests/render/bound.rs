//! What is shown of a graph in a graph, and of deployments that only handles reach.

use serve_topology::{
    Batch, Constant, Endpoint, Execution, HandleEdge, Loader, Method, Options, Topology,
    render::{self, Format},
};

use crate::{
    drawing::Drawing,
    fixture::{deployment, edge, input, node},
    language::{EVERYTHING, NESTED, bound, entry, labelled, of, param},
};

/// Two routes; each has a deployment of its own, and one behind a handle of that.
const VISION: Topology<'_> = Topology::new("vision")
    .entries(&[
        entry(
            "/label",
            &[param("photo", "Photo"), param("limit", "u32")],
            "Label",
        ),
        entry("/find", &[param("photo", "Photo")], "Vec<Crop>"),
    ])
    .deployments(&[
        deployment("labeller", "labeller", "Labeller", Options::DEFAULT),
        deployment("finder", "finder", "Finder", Options::DEFAULT),
        deployment("words", "words", "Words", Options::DEFAULT),
        deployment("shapes", "shapes", "Shapes", Options::DEFAULT),
    ])
    .nodes(&[
        node("labeller.run", 0, Execution::Compute, "Label"),
        node("finder.run", 1, Execution::Compute, "Vec<Crop>").entry(1),
    ])
    .edges(&[
        edge(input(0), of(0), "Photo").param(0),
        edge(input(1), of(0), "u32").param(1),
        edge(of(0), Endpoint::Output(0), "Label"),
        edge(Endpoint::input(1, 0), of(1), "Photo").param(0),
        edge(of(1), Endpoint::Output(1), "Vec<Crop>"),
    ])
    .handles(&[HandleEdge::new(0, 2), HandleEdge::new(1, 3)]);

const LABEL: Method<'_> = Method::new("label", Execution::InPlace);
const METHODS: &[Method<'_>] = &[LABEL, Method::new("find", Execution::InPlace)];

/// One call of one route.
const LABELLING: Topology<'_> = Topology::new("labelling")
    .entries(&[entry("/", &[param("photo", "Photo")], "Label")])
    .deployments(&[bound("vision", &VISION).methods(METHODS)])
    .nodes(&[node("vision.label", 0, Execution::InPlace, "Label")
        .method(LABEL)
        .constants(&[Constant::new(1, "usize::MAX / 2")])])
    .edges(&[
        labelled(input(0), of(0), "Photo", "photo.halved()").param(0),
        edge(of(0), Endpoint::Output(0), "Label"),
    ]);

fn texts(topology: &Topology<'_>) -> Vec<String> {
    let svg = render::svg(topology);
    let document = roxmltree::Document::parse(&svg).expect("well-formed XML");
    let texts = document.descendants().filter(|it| it.has_tag_name("text"));
    texts
        .filter_map(|it| it.text())
        .map(str::to_owned)
        .collect()
}

fn shows(topology: &Topology<'_>, text: &str) -> bool {
    texts(topology).iter().any(|it| it == text)
}

#[test]
fn a_call_shows_the_entry_that_it_uses() {
    for shown in ["vision.label", "labeller.run", "words"] {
        assert!(shows(&LABELLING, shown), "{shown}");
    }
    for hidden in ["finder.run", "shapes", "Vec<Crop>", "/label", "/find"] {
        assert!(!shows(&LABELLING, hidden), "{hidden}");
    }
    assert_eq!(Drawing::of(&render::svg(&LABELLING)).frames.len(), 1);
}

#[test]
fn a_graph_behind_a_handle_shows_all_of_its_entries() {
    let deployments = [
        deployment("asker", "asker", "Asker", Options::DEFAULT),
        bound("vision", &VISION).methods(METHODS),
    ];
    let nodes = [node("asker.run", 0, Execution::InPlace, "Label")];
    let handles = [HandleEdge::new(0, 1)];
    let asking = Topology::new("asking")
        .deployments(&deployments)
        .nodes(&nodes)
        .handles(&handles);
    for shown in [
        "vision",
        "labeller.run",
        "finder.run",
        "words",
        "shapes",
        "/label",
        "/find",
    ] {
        assert!(shows(&asking, shown), "{shown}");
    }
}

#[test]
fn an_argument_that_is_an_expression_reaches_its_input() {
    let line = "input_0_0 -->|\"Photo<br/><i>photo.halved#40;#41;</i>\"| node_0_input_0_0\n";
    let mermaid = LABELLING.render(Format::Mermaid);
    assert!(mermaid.contains(line), "{mermaid}");
    let line = "input_0_0 -->|\"Image<br/><i>language_of#40;front#41;</i>\"| node_1_input_0_1\n";
    let mermaid = NESTED.render(Format::Mermaid);
    assert!(mermaid.contains(line), "{mermaid}");
}

#[test]
fn a_part_that_an_arm_names_reaches_its_input() {
    let mermaid = EVERYTHING.render(Format::Mermaid);
    let line = "choice_0 -->|\"<i>Kind#58;#58;Document#40;language#41;</i>\"| node_1_input_0_1\n";
    assert!(mermaid.contains(line), "{mermaid}");
}

#[test]
fn a_constant_is_at_its_input() {
    assert!(shows(&LABELLING, "= usize::MAX / 2"));
    assert!(shows(&NESTED, "= Language::English"));
}

#[test]
fn a_deployment_behind_a_handle_shows_its_batches_and_its_models() {
    let rank = Method::new("rank", Execution::Compute).batch(Batch::DEFAULT.max_batch_size(6));
    let methods = [rank, Method::new("about", Execution::InPlace)];
    let loaders = [Loader::new("adapter").max_num_models_per_replica(4)];
    let ranker = deployment("ranker", "second", "Ranker", Options::DEFAULT)
        .methods(&methods)
        .loaders(&loaders);
    let deployments = [
        deployment("search", "search", "Search", Options::DEFAULT),
        ranker,
    ];
    let handles = &[HandleEdge::new(0, 1)];
    let of_search = [node("search.find", 0, Execution::InPlace, "()")];
    let searching = Topology::new("searching")
        .deployments(&deployments)
        .nodes(&of_search)
        .handles(handles);
    let badges = ["rank: batches of 6", "adapter: 4 models a replica"];
    for shown in ["second", "ranker: Ranker"].iter().chain(&badges) {
        assert!(shows(&searching, shown), "{shown}");
    }
    // Another method of it has a node.
    let of_both = [
        of_search[0],
        node("second.about", 1, Execution::InPlace, "String").method(methods[1]),
    ];
    let searching = searching.nodes(&of_both);
    for shown in ["second.about"].iter().chain(&badges) {
        assert!(shows(&searching, shown), "{shown}");
    }
    assert!(
        !shows(&searching.handles(&[]), badges[0]),
        "nothing calls it"
    );
}
