//! The graphs that the pictures are tested with.

use serve_topology::{
    BoundDeployment, Edge, Endpoint, Entry, Execution, HandleEdge, Method, Node, Options, Param,
    Topology,
};

pub(crate) const fn deployment<'a>(
    name: &'a str,
    variable: &'a str,
    ty: &'a str,
    options: Options<'a>,
) -> BoundDeployment<'a> {
    BoundDeployment::new(name, variable, ty).options(options)
}

pub(crate) const fn node<'a>(
    name: &'a str,
    deployment: usize,
    execution: Execution,
    output: &'a str,
) -> Node<'a> {
    Node::new(
        name,
        0,
        deployment,
        Method::new("run", execution).output(output),
    )
}

pub(crate) const fn edge<'a>(from: Endpoint, to: Endpoint, ty: &'a str) -> Edge<'a> {
    Edge::new(from, to, ty)
}

pub(crate) const fn input(param: usize) -> Endpoint {
    Endpoint::Input { entry: 0, param }
}

/// Two inputs, three branches, and a dispatcher with four handles.
pub(crate) const FLAGSHIP: Topology<'_> = Topology::new("content_understanding")
    .doc("What a photo shows, and whether it is fit to be shown.")
    .entries(&[Entry::new("/content", "Report").params(&[
        Param::new("image_url", "Url"),
        Param::new("category", "Category"),
    ])])
    .deployments(&[
        deployment(
            "downloader",
            "downloader",
            "Downloader",
            Options::DEFAULT.max_ongoing_requests(64),
        ),
        deployment(
            "preprocessor",
            "preprocessor",
            "Preprocessor",
            Options::DEFAULT,
        ),
        deployment(
            "segmentation",
            "segmentation",
            "Segmentation",
            Options::DEFAULT.num_replicas(2).num_cpus(1.0),
        ),
        deployment("integrity", "integrity", "Integrity", Options::DEFAULT),
        deployment("fruit", "fruit", "Classifier", Options::DEFAULT),
        deployment(
            "vehicle",
            "vehicle",
            "Classifier",
            Options::DEFAULT.num_gpus(0.5),
        ),
        deployment("plant", "plant", "Classifier", Options::DEFAULT),
        deployment("general", "general", "Classifier", Options::DEFAULT),
        deployment("dispatcher", "dispatcher", "Dispatcher", Options::DEFAULT),
        deployment("aggregate", "aggregate", "aggregate", Options::DEFAULT),
    ])
    .nodes(&[
        node("downloader.run", 0, Execution::InPlace, "Bytes"),
        node("preprocessor.process", 1, Execution::Compute, "Image"),
        node("segmentation.forward", 2, Execution::Compute, "Mask"),
        node("integrity.forward", 3, Execution::Compute, "Score"),
        node("dispatcher.run", 8, Execution::InPlace, "Label"),
        node("aggregate", 9, Execution::InPlace, "Report"),
    ])
    .edges(&[
        edge(input(0), Endpoint::Node(0), "Url"),
        edge(Endpoint::Node(0), Endpoint::Node(1), "Bytes"),
        edge(Endpoint::Node(1), Endpoint::Node(2), "Image"),
        edge(Endpoint::Node(1), Endpoint::Node(3), "Image"),
        edge(Endpoint::Node(1), Endpoint::Node(4), "Image"),
        edge(input(1), Endpoint::Node(4), "Category"),
        edge(Endpoint::Node(2), Endpoint::Node(5), "Mask"),
        edge(Endpoint::Node(3), Endpoint::Node(5), "Score"),
        edge(Endpoint::Node(4), Endpoint::Node(5), "Label"),
        edge(Endpoint::Node(5), Endpoint::Output(0), "Report"),
    ])
    .handles(&[
        HandleEdge::new(8, 4),
        HandleEdge::new(8, 5),
        HandleEdge::new(8, 6),
        HandleEdge::new(8, 7),
    ]);

/// One function without a parameter.
pub(crate) const HELLO: Topology<'_> = Topology::new("hello")
    .doc("")
    .entries(&[Entry::new("/", "String")])
    .deployments(&[deployment("greet", "greet", "greet", Options::DEFAULT)])
    .nodes(&[node("greet", 0, Execution::InPlace, "String")])
    .edges(&[edge(Endpoint::Node(0), Endpoint::Output(0), "String")]);

/// Two routes that share a deployment, and text that every format has to escape.
pub(crate) const HOSTILE: Topology<'_> = Topology::new("hostile")
    .doc("Says \"<&'>\" in\n\nseveral lines; # | ` \\ end.")
    .entries(&[
        Entry::new(
            "/a\"b",
            "std::collections::HashMap<std::string::String, std::vec::Vec<image::Rgb<u8>>>",
        )
        .params(&[Param::new("request", "Request<'static, \"x\">")]),
        Entry::new("/b", "()"),
    ])
    .deployments(&[
        deployment(
            "m",
            "m",
            "models::Net<'static, Half>",
            Options::DEFAULT
                .num_replicas(3)
                .num_gpus(1.0)
                .max_ongoing_requests(8)
                .max_queued_requests(16)
                .num_cpus(2.0),
        )
        .set_at_build(&["num_replicas"]),
        deployment("cache", "cache", "Cache", Options::DEFAULT),
    ])
    .nodes(&[
        node("m.run", 0, Execution::Compute, "Out"),
        node("m.again", 0, Execution::Compute, "Out"),
        node("cache.clear", 1, Execution::InPlace, "()").entry(1),
    ])
    .edges(&[
        edge(input(0), Endpoint::Node(0), "Request<'static, \"x\">")
            .label("request.text[\"a|b\"]\n    .trim_matches('`') # ; style x:#y; {end}"),
        edge(Endpoint::Node(0), Endpoint::Node(1), "Out<_>").label("&out.0"),
        edge(Endpoint::Node(0), Endpoint::Node(1), "Out<_>").label("1. - *a* __b__"),
        edge(Endpoint::Node(1), Endpoint::Output(0), "Out & 'a T"),
        edge(Endpoint::Node(2), Endpoint::Output(1), "()"),
        // Its index is out of range, and no picture shows it.
        edge(Endpoint::Node(9), Endpoint::Output(9), "Nothing"),
    ])
    .handles(&[HandleEdge::new(0, 1)]);
