//! The graphs that the pictures are tested with.

use serve_topology::{
    BoundDeployment, Edge, Endpoint, Entry, Execution, HandleEdge, Limits, Method, Node, Options,
    Param, Topology,
};

pub(crate) const fn deployment<'a>(
    name: &'a str,
    variable: &'a str,
    ty: &'a str,
    options: Options<'a>,
) -> BoundDeployment<'a> {
    BoundDeployment {
        name,
        variable,
        ty,
        options,
        set_at_build: &[],
        graph: None,
    }
}

pub(crate) const fn node<'a>(
    name: &'a str,
    deployment: usize,
    execution: Execution,
    output: &'a str,
) -> Node<'a> {
    Node {
        name,
        entry: 0,
        deployment,
        method: Method {
            name: "run",
            execution,
            params: &[],
            output,
            batch: None,
        },
        when: None,
        each: None,
    }
}

pub(crate) const fn edge<'a>(from: Endpoint, to: Endpoint, ty: &'a str) -> Edge<'a> {
    Edge {
        from,
        to,
        ty,
        label: "",
    }
}

pub(crate) const fn input(param: usize) -> Endpoint {
    Endpoint::Input { entry: 0, param }
}

/// Two inputs, three branches, and a dispatcher with four handles.
pub(crate) const FLAGSHIP: Topology<'_> = Topology {
    name: "content_understanding",
    doc: "What a photo shows, and whether it is fit to be shown.",
    entries: &[Entry {
        route: "/content",
        params: &[
            Param {
                name: "image_url",
                ty: "Url",
            },
            Param {
                name: "category",
                ty: "Category",
            },
        ],
        output: "Report",
    }],
    deployments: &[
        deployment(
            "Downloader",
            "downloader",
            "Downloader",
            Options {
                max_ongoing_requests: Some(64),
                ..Options::DEFAULT
            },
        ),
        deployment(
            "Preprocessor",
            "preprocessor",
            "Preprocessor",
            Options::DEFAULT,
        ),
        deployment(
            "Segmentation",
            "segmentation",
            "Segmentation",
            Options {
                num_replicas: 2,
                num_cpus: Some(1.0),
                ..Options::DEFAULT
            },
        ),
        deployment("Integrity", "integrity", "Integrity", Options::DEFAULT),
        deployment("Classifier", "fruit", "Classifier", Options::DEFAULT),
        deployment(
            "Classifier_1",
            "vehicle",
            "Classifier",
            Options {
                num_gpus: Some(0.5),
                ..Options::DEFAULT
            },
        ),
        deployment("Classifier_2", "plant", "Classifier", Options::DEFAULT),
        deployment("Classifier_3", "general", "Classifier", Options::DEFAULT),
        deployment("Dispatcher", "dispatcher", "Dispatcher", Options::DEFAULT),
        deployment("aggregate", "aggregate", "aggregate", Options::DEFAULT),
    ],
    nodes: &[
        node("downloader.run", 0, Execution::InPlace, "Bytes"),
        node("preprocessor.process", 1, Execution::Compute, "Image"),
        node("segmentation.forward", 2, Execution::Compute, "Mask"),
        node("integrity.forward", 3, Execution::Compute, "Score"),
        node("dispatcher.run", 8, Execution::InPlace, "Label"),
        node("aggregate", 9, Execution::InPlace, "Report"),
    ],
    edges: &[
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
    ],
    handles: &[
        HandleEdge { from: 8, to: 4 },
        HandleEdge { from: 8, to: 5 },
        HandleEdge { from: 8, to: 6 },
        HandleEdge { from: 8, to: 7 },
    ],
    choices: &[],
    fan_outs: &[],
    limits: Limits::NONE,
};

/// One function without a parameter.
pub(crate) const HELLO: Topology<'_> = Topology {
    name: "hello",
    doc: "",
    entries: &[Entry {
        route: "/",
        params: &[],
        output: "String",
    }],
    deployments: &[deployment("greet", "greet", "greet", Options::DEFAULT)],
    nodes: &[node("greet", 0, Execution::InPlace, "String")],
    edges: &[edge(Endpoint::Node(0), Endpoint::Output(0), "String")],
    handles: &[],
    choices: &[],
    fan_outs: &[],
    limits: Limits::NONE,
};

/// Two routes that share a deployment, and text that every format has to escape.
pub(crate) const HOSTILE: Topology<'_> = Topology {
    name: "hostile",
    doc: "Says \"<&'>\" in\n\nseveral lines; # | ` \\ end.",
    entries: &[
        Entry {
            route: "/a\"b",
            params: &[Param {
                name: "request",
                ty: "Request<'static, \"x\">",
            }],
            output: "std::collections::HashMap<std::string::String, std::vec::Vec<image::Rgb<u8>>>",
        },
        Entry {
            route: "/b",
            params: &[],
            output: "()",
        },
    ],
    deployments: &[
        BoundDeployment {
            set_at_build: &["num_replicas"],
            ..deployment(
                "model",
                "m",
                "models::Net<'static, Half>",
                Options {
                    num_replicas: 3,
                    num_gpus: Some(1.0),
                    max_ongoing_requests: Some(8),
                    max_queued_requests: 16,
                    num_cpus: Some(2.0),
                    ..Options::DEFAULT
                },
            )
        },
        deployment("Cache", "cache", "Cache", Options::DEFAULT),
    ],
    nodes: &[
        node("m.run", 0, Execution::Compute, "Out"),
        node("m.again", 0, Execution::Compute, "Out"),
        Node {
            entry: 1,
            ..node("cache.clear", 1, Execution::InPlace, "()")
        },
    ],
    edges: &[
        Edge {
            label: "request.text[\"a|b\"]\n    .trim_matches('`') # ; style x:#y; {end}",
            ..edge(input(0), Endpoint::Node(0), "Request<'static, \"x\">")
        },
        Edge {
            label: "&out.0",
            ..edge(Endpoint::Node(0), Endpoint::Node(1), "Out<_>")
        },
        Edge {
            label: "1. - *a* __b__",
            ..edge(Endpoint::Node(0), Endpoint::Node(1), "Out<_>")
        },
        edge(Endpoint::Node(1), Endpoint::Output(0), "Out & 'a T"),
        edge(Endpoint::Node(2), Endpoint::Output(1), "()"),
        // It points nowhere, and no picture shows it.
        edge(Endpoint::Node(9), Endpoint::Output(9), "Nothing"),
    ],
    handles: &[HandleEdge { from: 0, to: 1 }],
    choices: &[],
    fan_outs: &[],
    limits: Limits::NONE,
};
