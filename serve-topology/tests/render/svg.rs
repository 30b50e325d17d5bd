//! The drawing: it is XML, it shows everything, and nothing covers anything else.

use roxmltree::Document;
use serve_topology::{Choice, Endpoint, FanOut, HandleEdge, Topology, render};

use crate::{
    drawing::{Area, Drawing},
    fixture::{FLAGSHIP, HELLO, HOSTILE},
    language::{CONDITIONAL, EVERYTHING, NESTED, PER_ITEM, ROUTES},
    steps::{steps, woven},
};

pub(crate) fn all() -> Vec<Topology<'static>> {
    let chain: Vec<_> = (1..12).map(|to| (to - 1, to)).collect();
    let fan: Vec<_> = (1..9).flat_map(|step| [(0, step), (step, 9)]).collect();
    vec![
        FLAGSHIP,
        HELLO,
        HOSTILE,
        CONDITIONAL,
        PER_ITEM,
        NESTED,
        ROUTES,
        EVERYTHING,
        steps(0, &[]),
        steps(12, &chain),
        steps(10, &fan),
        steps(4, &[(0, 1), (0, 2), (1, 3), (2, 3), (0, 3)]),
        woven(40),
    ]
}

#[test]
fn it_is_an_image_with_a_title() {
    for topology in all() {
        let svg = render::svg(&topology);
        let document = Document::parse(&svg).unwrap();
        let root = document.root_element();
        assert_eq!(root.attribute("role"), Some("img"));
        let [width, height] = ["width", "height"].map(|it| root.attribute(it).unwrap());
        let view_box = format!("0 0 {width} {height}");
        assert_eq!(root.attribute("viewBox"), Some(view_box.as_str()));
        let title = root.first_element_child().unwrap();
        assert_eq!(title.tag_name().name(), "title");
        assert_eq!(title.text(), Some(topology.name));
    }
}

#[test]
fn any_number_fits_on_a_page_of_markdown() {
    for topology in all() {
        let svg = render::svg(&topology);
        assert!(!svg.contains(" id="), "an id could be another drawing's");
        let start = svg.lines().next().unwrap();
        assert!(start.starts_with("<svg ") && start.find('>') == Some(start.len() - 1));
        assert!(svg.lines().all(|line| !line.trim().is_empty()));
    }
}

#[test]
fn every_part_is_named() {
    for topology in all() {
        let svg = render::svg(&topology);
        let document = Document::parse(&svg).unwrap();
        let texts: Vec<_> = document.descendants().filter_map(|it| it.text()).collect();
        every_part_is_in(&texts, &topology);
    }
}

fn every_part_is_in(texts: &[&str], topology: &Topology<'_>) {
    let named = |name: &str| assert!(texts.contains(&name), "{name} is not shown");
    for node in topology.nodes {
        let bound = topology.deployments[node.deployment];
        match bound.graph {
            Some(_) => named(bound.variable),
            None => named(node.name),
        }
    }
    topology.choices.iter().for_each(|it| named(it.name));
    let arms = topology.edges.iter();
    let arms = arms.filter(|it| matches!(it.from, Endpoint::Choice(_)));
    for arm in arms.filter(|it| it.label.len() < 20) {
        named(arm.label);
    }
    for FanOut { item, items, .. } in topology.fan_outs {
        named(&format!("for each {item} of {items}"));
    }
    // `fruit` and its like have no node, so they have a box of their own.
    for (index, bound) in topology.deployments.iter().enumerate() {
        if !topology.nodes.iter().any(|node| node.deployment == index) {
            named(bound.variable);
        }
        if let Some(graph) = bound.graph {
            let name = format!("graph {}", graph.name);
            assert!(texts.iter().any(|it| it.starts_with(&name)), "{name}");
            every_part_is_in(texts, graph);
        }
    }
}

#[test]
fn a_long_type_is_cut_and_its_tooltip_is_whole() {
    let svg = render::svg(&HOSTILE);
    let document = Document::parse(&svg).unwrap();
    let ty = HOSTILE.entries[0].output;
    let in_title = |tag: &str, text: &str| {
        let tags = document
            .descendants()
            .filter(|it| it.tag_name().name() == tag);
        tags.filter_map(|it| it.text())
            .any(|it| it.starts_with(text))
    };
    assert!(in_title("title", ty));
    assert!(!in_title("text", ty));
    assert!(in_title("text", "HashMap<String, Vec<Rgb<u8>>>"));
}

#[test]
fn a_choice_keeps_its_paths() {
    let name = "if let Some(label) = first::<String>(labels, limit)";
    let choices = [Choice::new(name, 0, &["true", "else"])];
    let svg = render::svg(&Topology::new("choosing").choices(&choices));
    assert!(
        svg.contains(">if let Some(label) = first::&lt;String&gt;(la…<"),
        "{svg}"
    );
}

#[test]
fn handles_are_dashed() {
    assert_eq!(Drawing::of(&render::svg(&FLAGSHIP)).dashed, 4);
    assert_eq!(Drawing::of(&render::svg(&HELLO)).dashed, 0);
}

#[test]
fn arms_of_a_choice_are_dotted() {
    assert_eq!(Drawing::of(&render::svg(&CONDITIONAL)).arms, 4);
    assert_eq!(Drawing::of(&render::svg(&FLAGSHIP)).arms, 0);
}

#[test]
fn each_call_of_a_bound_graph_has_a_frame() {
    // `ocr` twice, a `speller` in each, and `fallback`, which only handles reach.
    assert_eq!(Drawing::of(&render::svg(&NESTED)).frames.len(), 5);
}

#[test]
fn the_limits_of_a_graph_are_shown() {
    let svg = render::svg(&PER_ITEM);
    assert!(svg.contains(">at most 250 ms · 4 cpus · 1 gpu<"));
    assert!(!render::svg(&FLAGSHIP).contains("at most"));
}

#[test]
fn nothing_covers_anything_else() {
    for topology in all() {
        let Drawing { boxes, labels, .. } = Drawing::of(&render::svg(&topology));
        let areas: Vec<Area> = boxes.into_iter().chain(labels).collect();
        for (index, &a) in areas.iter().enumerate() {
            for &b in &areas[index + 1..] {
                assert!(!a.overlaps(b), "{}: {a:?} covers {b:?}", topology.name);
            }
        }
    }
}

#[test]
fn no_box_crosses_a_frame() {
    for topology in all() {
        let drawing = Drawing::of(&render::svg(&topology));
        for (index, &frame) in drawing.frames.iter().enumerate() {
            assert!(frame.contains(drawing.titles[index]), "{}", topology.name);
            assert!(drawing.boxes.iter().any(|&it| frame.contains(it)));
            let areas = drawing.boxes.iter().chain(&drawing.labels);
            for &area in areas.chain(&drawing.frames) {
                let nested = frame.contains(area) || area.contains(frame);
                assert!(nested || !frame.overlaps(area), "{}", topology.name);
            }
            for &area in drawing.boxes.iter().chain(&drawing.labels) {
                assert!(!area.overlaps(drawing.titles[index]), "{}", topology.name);
            }
        }
    }
}

#[test]
fn no_line_crosses_a_box_or_a_title_or_another_lines_label() {
    for topology in all() {
        let drawing = Drawing::of(&render::svg(&topology));
        let on = |area: &Area| {
            let lines = drawing.lines.iter();
            lines
                .filter(|line| line.iter().any(|&point| area.holds(point)))
                .count()
        };
        for outline in &drawing.outlines {
            let points = drawing.lines.iter().flatten();
            let depth = points.map(|&point| outline.depth(point));
            let depth = depth.fold(f64::NEG_INFINITY, f64::max);
            assert!(depth < 0.3, "{}: {depth} into a box", topology.name);
        }
        for title in &drawing.titles {
            assert_eq!(on(title), 0, "{}", topology.name);
        }
        for label in &drawing.labels {
            assert_eq!(on(label), 1, "{}: only its own line", topology.name);
        }
    }
}

#[test]
fn lines_begin_and_end_at_a_box_or_a_frame() {
    for topology in all() {
        let drawing = Drawing::of(&render::svg(&topology));
        let frames = drawing.frames.iter().map(|it| it.outline());
        let outlines: Vec<_> = drawing.outlines.into_iter().chain(frames).collect();
        let is_at_one = |point| outlines.iter().any(|it| it.depth(point).abs() < 0.5);
        for (line, &tip) in drawing.lines.iter().zip(&drawing.tips) {
            assert!(is_at_one(tip), "{}: {tip:?}", topology.name);
            let (first, last) = (line[0], line[line.len() - 1]);
            assert!(is_at_one(first) || is_at_one(last), "{}", topology.name);
        }
    }
}

#[test]
fn a_cycle_is_drawn() {
    let handles = &[HandleEdge::new(1, 0), HandleEdge::new(1, 1)];
    let cyclic = steps(2, &[(0, 1)]).handles(handles);
    let drawing = Drawing::of(&render::svg(&cyclic));
    assert_eq!(drawing.boxes.len(), 2);
    assert_eq!(
        drawing.lines.len(),
        2,
        "a line from a box to itself is left out"
    );
}

#[test]
fn a_thousand_nodes_in_a_chain_fit_on_the_stack() {
    let chain: Vec<_> = (1..1000).map(|to| (to - 1, to)).collect();
    let drawing = Drawing::of(&render::svg(&steps(1000, &chain)));
    assert_eq!(drawing.boxes.len(), 1000);
    assert_eq!(drawing.lines.len(), 999);
}

#[test]
fn it_depends_only_on_the_topology() {
    assert_eq!(render::svg(&woven(40)), render::svg(&woven(40)));
}
