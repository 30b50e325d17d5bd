//! Graphs with choices, fan-outs, bound graphs and several routes.

use std::time::Duration;

use serve_topology::{
    Arm, BoundDeployment, Choice, Constant, Edge, Endpoint, Entry, Execution, FanOut, GraphLimits,
    HandleEdge, Node, Options, Param, Topology,
};

use crate::fixture::{deployment, edge, input, node};

const IN_PLACE: Execution = Execution::InPlace;
const COMPUTE: Execution = Execution::Compute;

const fn plain(name: &str) -> BoundDeployment<'_> {
    deployment(name, name, name, Options::DEFAULT)
}

pub(crate) const fn bound<'a>(variable: &'a str, graph: &'a Topology<'a>) -> BoundDeployment<'a> {
    deployment(variable, variable, variable, Options::DEFAULT).graph(Some(graph))
}

pub(crate) const fn param<'a>(name: &'a str, ty: &'a str) -> Param<'a> {
    Param::new(name, ty)
}

pub(crate) const fn entry<'a>(
    route: &'a str,
    params: &'a [Param<'a>],
    output: &'a str,
) -> Entry<'a> {
    Entry::new(route, output).params(params)
}

/// An edge from a choice to a call that it starts, or from a value to the user of a part that a pattern names.
const fn arm(choice: usize, to: Endpoint, pattern: &str) -> Edge<'_> {
    labelled(Endpoint::Choice(choice), to, "", pattern)
}

pub(crate) const fn labelled<'a>(
    from: Endpoint,
    to: Endpoint,
    ty: &'a str,
    label: &'a str,
) -> Edge<'a> {
    edge(from, to, ty).label(label)
}

const fn on(choice: usize, arm: usize, node: Node<'_>) -> Node<'_> {
    node.when(Arm::new(choice, arm))
}

const fn each(fan_out: usize, node: Node<'_>) -> Node<'_> {
    node.each(fan_out)
}

const fn choice<'a>(name: &'a str, arms: &'a [&'a str]) -> Choice<'a> {
    Choice::new(name, 0, arms)
}

pub(crate) const fn of(index: usize) -> Endpoint {
    Endpoint::Node(index)
}

/// The request selects one of four classifiers.
pub(crate) const CONDITIONAL: Topology<'_> = Topology::new("conditional")
    .doc("Names what a photo shows.")
    .entries(&[entry(
        "/",
        &[param("url", "Url"), param("category", "Category")],
        "Label",
    )])
    .deployments(&[
        plain("download"),
        deployment("fruit", "fruit", "Classifier", GPU),
        deployment("vehicle", "vehicle", "Classifier", GPU),
        deployment("plant", "plant", "Classifier", GPU),
        deployment("general", "general", "Classifier", GPU),
    ])
    .nodes(&[
        node("download", 0, IN_PLACE, "Image"),
        on(0, 0, node("fruit.classify", 1, COMPUTE, "Label")),
        on(0, 1, node("vehicle.classify", 2, COMPUTE, "Label")),
        on(0, 2, node("plant.classify", 3, COMPUTE, "Label")),
        on(0, 3, node("general.classify", 4, COMPUTE, "Label")),
    ])
    .choices(&[choice(
        "match category",
        &[
            "Category::Fruit",
            "Category::Vehicle",
            "Category::Plant { rare: true }",
            "_",
        ],
    )])
    .edges(&[
        edge(input(0), of(0), "Url"),
        edge(input(1), Endpoint::Choice(0), "Category"),
        edge(of(0), of(1), "Image"),
        arm(0, of(1), "Category::Fruit"),
        edge(of(0), of(2), "Image"),
        arm(0, of(2), "Category::Vehicle"),
        edge(of(0), of(3), "Image"),
        arm(0, of(3), "Category::Plant { rare: true }"),
        edge(of(0), of(4), "Image"),
        arm(0, of(4), "_"),
        edge(of(1), Endpoint::Output(0), "Label"),
        edge(of(2), Endpoint::Output(0), "Label"),
        edge(of(3), Endpoint::Output(0), "Label"),
        edge(of(4), Endpoint::Output(0), "Label"),
    ]);

const GPU: Options<'_> = Options::DEFAULT
    .num_replicas(2)
    .num_gpus(0.5)
    .budget(Duration::from_millis(20));

/// Boxes are found; each crop is cleaned, and read if it is text.
pub(crate) const PER_ITEM: Topology<'_> = Topology::new("per_item")
    .doc("Finds things in a photo.")
    .entries(&[entry("/detect", &[param("photo", "Photo")], "Vec<Finding>")])
    .deployments(&[
        deployment("detector", "detector", "Detector", GPU),
        plain("clean"),
        deployment("reader", "reader", "Reader", Options::DEFAULT),
        deployment("classifier", "classifier", "Classifier", GPU),
        plain("embed"),
        plain("summarise"),
    ])
    .nodes(&[
        node("detector.boxes", 0, COMPUTE, "Vec<Crop>"),
        each(0, node("clean", 1, IN_PLACE, "Crop")),
        each(0, on(0, 0, node("reader.read", 2, COMPUTE, "Finding"))),
        each(
            0,
            on(0, 1, node("classifier.classify", 3, COMPUTE, "Finding")),
        ),
        each(1, node("embed", 4, IN_PLACE, "Vector")),
        node("summarise", 5, IN_PLACE, "Vec<Finding>"),
    ])
    .choices(&[choice("match crop.kind", &["Kind::Text", "_"]).each(0)])
    .fan_outs(&[
        FanOut::new("crops", "crop", 0),
        FanOut::new("crop.patches()", "patch", 0).each(0),
    ])
    .edges(&[
        edge(input(0), of(0), "Photo"),
        labelled(of(0), of(1), "Vec<Crop>", "each crop"),
        labelled(of(0), Endpoint::Choice(0), "Vec<Crop>", "crop.kind"),
        edge(of(1), of(2), "Crop"),
        arm(0, of(2), "Kind::Text"),
        edge(of(1), of(3), "Crop"),
        arm(0, of(3), "_"),
        labelled(of(1), of(4), "Crop", "each patch"),
        labelled(of(2), of(5), "Finding", "collected"),
        labelled(of(3), of(5), "Finding", "collected"),
        labelled(of(4), of(5), "Vector", "collected"),
        edge(of(5), Endpoint::Output(0), "Vec<Finding>"),
    ])
    .limits(
        GraphLimits::NONE
            .slo(Duration::from_millis(250))
            .max_cpus(4.0)
            .max_gpus(1.0),
    );

/// Spells words; the innermost graph.
pub(crate) const SPELL: Topology<'_> = Topology::new("spell")
    .entries(&[entry("/", &[param("text", "String")], "String")])
    .deployments(&[plain("split"), plain("correct")])
    .nodes(&[
        node("split", 0, IN_PLACE, "Vec<Word>"),
        node("correct", 1, COMPUTE, "String"),
    ])
    .edges(&[
        edge(input(0), of(0), "String"),
        edge(of(0), of(1), "Vec<Word>"),
        edge(of(1), Endpoint::Output(0), "String"),
    ]);

/// Reads a text and spells it.
const READ: Topology<'_> = Topology::new("read_text")
    .entries(&[entry(
        "/",
        &[param("image", "Image"), param("language", "Language")],
        "String",
    )])
    .deployments(&[
        deployment("reader", "reader", "Reader", GPU),
        bound("speller", &SPELL),
        deployment("dictionary", "dictionary", "Dictionary", Options::DEFAULT),
    ])
    .nodes(&[
        node("reader.read", 0, COMPUTE, "String"),
        node("speller.call", 1, IN_PLACE, "String"),
    ])
    .edges(&[
        edge(input(0), of(0), "Image"),
        edge(input(1), of(0), "Language"),
        edge(of(0), of(1), "String").param(0),
        edge(of(1), Endpoint::Output(0), "String"),
    ])
    .handles(&[HandleEdge::new(0, 2)]);

/// A graph in a graph in a graph, one of them called twice; one more is held by a handle.
pub(crate) const NESTED: Topology<'_> = Topology::new("nested")
    .entries(&[entry(
        "/",
        &[param("front", "Image"), param("back", "Image")],
        "Document",
    )])
    .deployments(&[
        bound("ocr", &READ),
        deployment("join", "join", "Join", Options::DEFAULT),
        bound("fallback", &SPELL),
    ])
    .nodes(&[
        node("ocr.call", 0, IN_PLACE, "String").constants(&[Constant::new(1, "Language::English")]),
        node("ocr.call_1", 0, IN_PLACE, "String"),
        node("join.run", 1, IN_PLACE, "Document"),
    ])
    .edges(&[
        edge(input(0), of(0), "Image").param(0),
        labelled(input(1), of(1), "Image", "back.turned()").param(0),
        labelled(input(0), of(1), "Image", "language_of(front)").param(1),
        edge(of(0), of(2), "String"),
        edge(of(1), of(2), "String"),
        edge(of(2), Endpoint::Output(0), "Document"),
    ])
    .handles(&[HandleEdge::new(1, 2), HandleEdge::new(0, 2)]);

/// Four routes to one model.
pub(crate) const ROUTES: Topology<'_> = Topology::new("routes")
    .entries(&[
        entry("/classify", &[param("photo", "Photo")], "Label"),
        entry("/detect", &[param("photo", "Photo")], "Vec<Crop>"),
        entry("/embed", &[param("photo", "Photo")], "Vector"),
        entry("/health", &[], "Health"),
    ])
    .deployments(&[
        deployment("model", "model", "Model", GPU),
        deployment("decoder", "decoder", "Decoder", Options::DEFAULT),
    ])
    .nodes(&[
        node("decoder.decode", 1, COMPUTE, "Image"),
        node("model.classify", 0, COMPUTE, "Label"),
        of_entry(1, node("decoder.decode_1", 1, COMPUTE, "Image")),
        of_entry(1, node("model.detect", 0, COMPUTE, "Vec<Crop>")),
        of_entry(2, node("decoder.decode_2", 1, COMPUTE, "Image")),
        of_entry(2, node("model.embed", 0, COMPUTE, "Vector")),
        of_entry(3, node("model.health", 0, IN_PLACE, "Health")),
    ])
    .edges(&[
        edge(input_of(0), of(0), "Photo"),
        edge(of(0), of(1), "Image"),
        edge(of(1), Endpoint::Output(0), "Label"),
        edge(input_of(1), of(2), "Photo"),
        edge(of(2), of(3), "Image"),
        edge(of(3), Endpoint::Output(1), "Vec<Crop>"),
        edge(input_of(2), of(4), "Photo"),
        edge(of(4), of(5), "Image"),
        edge(of(5), Endpoint::Output(2), "Vector"),
        edge(of(6), Endpoint::Output(3), "Health"),
    ]);

const fn of_entry(entry: usize, node: Node<'_>) -> Node<'_> {
    node.entry(entry)
}

const fn input_of(entry: usize) -> Endpoint {
    Endpoint::Input { entry, param: 0 }
}

/// All features at once: a choice between a graph called for each page and a dispatcher.
pub(crate) const EVERYTHING: Topology<'_> = Topology::new("everything")
    .doc("Reads documents and looks at photos.")
    .entries(&[
        entry(
            "/look",
            &[param("file", "File"), param("kind", "Kind")],
            "Report",
        ),
        entry("/spell", &[param("text", "String")], "String"),
    ])
    .deployments(&[
        deployment("decoder", "decoder", "Decoder", GPU),
        bound("ocr", &READ),
        bound("speller", &SPELL),
        deployment("dispatcher", "dispatcher", "Dispatcher", Options::DEFAULT),
        deployment("fruit", "fruit", "Classifier", GPU),
        deployment("general", "general", "Classifier", GPU),
        plain("aggregate"),
        plain("translate"),
    ])
    .nodes(&[
        node("decoder.decode", 0, COMPUTE, "Vec<Image>"),
        each(0, on(0, 0, node("ocr.call", 1, IN_PLACE, "String"))),
        each(0, on(1, 0, node("translate", 7, COMPUTE, "String"))),
        on(0, 1, node("dispatcher.run", 3, IN_PLACE, "String")),
        node("aggregate", 6, IN_PLACE, "Report"),
        of_entry(1, node("speller.call", 2, IN_PLACE, "String")),
    ])
    .choices(&[
        choice(
            "match kind",
            &["Kind::Document(language)", "Kind::Photo", "_"],
        ),
        choice("if text.is_foreign()", &["true", "else"])
            .when(Arm::new(0, 0))
            .each(0),
    ])
    .fan_outs(&[FanOut::new("pages", "page", 0).when(Arm::new(0, 0))])
    .edges(&[
        edge(input(0), of(0), "File"),
        edge(input(1), Endpoint::Choice(0), "Kind"),
        labelled(of(0), of(1), "Vec<Image>", "each page").param(0),
        arm(0, of(1), "Kind::Document(language)").param(1),
        labelled(of(1), Endpoint::Choice(1), "String", "text.is_foreign()"),
        edge(of(1), of(2), "String"),
        arm(1, of(2), "true"),
        edge(of(0), of(3), "Vec<Image>"),
        arm(0, of(3), "Kind::Photo"),
        labelled(of(2), of(4), "String", "collected"),
        labelled(of(1), of(4), "String", "else"),
        edge(of(3), of(4), "String"),
        arm(0, of(4), "_"),
        edge(of(4), Endpoint::Output(0), "Report"),
        edge(input_of(1), of(5), "String").param(0),
        edge(of(5), Endpoint::Output(1), "String"),
    ])
    .handles(&[
        HandleEdge::new(3, 4),
        HandleEdge::new(3, 5),
        HandleEdge::new(3, 2),
    ])
    .limits(
        GraphLimits::NONE
            .slo(Duration::from_millis(500))
            .request_timeout(Duration::from_millis(2500))
            .max_gpus(4.0),
    );
