//! The drawing: it is XML, it shows everything, and nothing covers anything else.

use roxmltree::Document;
use serve_topology::{HandleEdge, Topology, render};

use crate::{
    drawing::{Area, Drawing},
    fixture::{FLAGSHIP, HELLO, HOSTILE},
    steps::{steps, woven},
};

fn all() -> Vec<Topology<'static>> {
    let chain: Vec<_> = (1..12).map(|to| (to - 1, to)).collect();
    let fan: Vec<_> = (1..9).flat_map(|step| [(0, step), (step, 9)]).collect();
    vec![
        FLAGSHIP,
        HELLO,
        HOSTILE,
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
        let named = |name: &str| assert!(texts.contains(&name), "{name} is not shown");
        topology.nodes.iter().for_each(|node| named(node.name));
        // `fruit` and its like have no node, so they have a box of their own.
        let called = |index| topology.nodes.iter().any(|node| node.deployment == index);
        let others = topology.deployments.iter().enumerate();
        let others = others.filter(|(index, _)| !called(*index));
        others.for_each(|(_, deployment)| named(deployment.variable));
    }
}

#[test]
fn a_long_type_is_short_to_see_and_whole_to_hover() {
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
fn handles_are_dashed() {
    assert_eq!(Drawing::of(&render::svg(&FLAGSHIP)).dashed, 4);
    assert_eq!(Drawing::of(&render::svg(&HELLO)).dashed, 0);
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
fn no_line_crosses_a_box_or_another_lines_label() {
    for topology in all() {
        let Drawing {
            boxes,
            labels,
            lines,
            ..
        } = Drawing::of(&render::svg(&topology));
        let labelled = topology.edges.len();
        for (index, line) in lines.iter().enumerate() {
            for area in &boxes {
                assert!(
                    !line.iter().any(|&point| area.holds(point)),
                    "{}",
                    topology.name
                );
            }
            // The fixtures' values all have a label, and are drawn before the other lines.
            let others = labels.iter().enumerate();
            for (_, area) in others.filter(|(own, _)| *own != index || index >= labelled) {
                assert!(
                    !line.iter().any(|&point| area.holds(point)),
                    "{}",
                    topology.name
                );
            }
        }
    }
}

#[test]
fn a_cycle_is_drawn_all_the_same() {
    let handles = &[HandleEdge { from: 1, to: 0 }, HandleEdge { from: 1, to: 1 }];
    let cyclic = Topology {
        handles,
        ..steps(2, &[(0, 1)])
    };
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
fn it_depends_on_the_topology_alone() {
    assert_eq!(render::svg(&woven(40)), render::svg(&woven(40)));
}
