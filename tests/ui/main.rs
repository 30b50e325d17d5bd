//! What the compiler says of wrong graphs and deployments: `<area>/<what-is-wrong>.rs`.

mod readme;
mod refusals;

#[test]
fn ui() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("*/*.rs");
}
