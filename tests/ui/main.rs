//! The compiler's messages for wrong graphs and deployments: `<area>/<mistake>.rs`.

mod readme;
mod refusals;

#[test]
fn ui() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("*/*.rs");
}
