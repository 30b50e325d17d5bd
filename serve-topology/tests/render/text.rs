//! The text formats, compared with snapshots.

use serve_topology::render::Format;

use crate::{
    fixture::{FLAGSHIP, HELLO, HOSTILE},
    language::{CONDITIONAL, EVERYTHING},
};

#[test]
fn mermaid() {
    insta::assert_snapshot!("flagship_mermaid", FLAGSHIP.render(Format::Mermaid));
    insta::assert_snapshot!("hello_mermaid", HELLO.render(Format::Mermaid));
    insta::assert_snapshot!("hostile_mermaid", HOSTILE.render(Format::Mermaid));
    insta::assert_snapshot!("conditional_mermaid", CONDITIONAL.render(Format::Mermaid));
    insta::assert_snapshot!("everything_mermaid", EVERYTHING.render(Format::Mermaid));
}

#[test]
fn dot() {
    insta::assert_snapshot!("flagship_dot", FLAGSHIP.render(Format::Dot));
    insta::assert_snapshot!("hostile_dot", HOSTILE.render(Format::Dot));
    insta::assert_snapshot!("conditional_dot", CONDITIONAL.render(Format::Dot));
    insta::assert_snapshot!("everything_dot", EVERYTHING.render(Format::Dot));
}

#[test]
fn json() {
    insta::assert_snapshot!("flagship_json", FLAGSHIP.render(Format::Json));
}
