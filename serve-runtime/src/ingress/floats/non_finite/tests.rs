use std::collections::BTreeMap;

use super::*;

#[derive(Serialize)]
struct Scored {
    label: &'static str,
    scores: Vec<f32>,
}

#[derive(Serialize)]
struct Newtype(Option<Scored>);

#[derive(Serialize)]
enum Shape {
    Circle(f64),
    Ellipse(f64, f64),
    Box { width: f64 },
    Nothing,
}

#[derive(Serialize)]
#[serde(tag = "kind")]
enum Tagged {
    Box { width: f64 },
}

#[derive(Serialize)]
struct Flat {
    #[serde(flatten)]
    rest: BTreeMap<String, f64>,
}

fn scored(score: f32) -> Scored {
    let scores = vec![0.0, 1.0, 2.0, score];
    Scored { label: "x", scores }
}

fn message(value: &impl Serialize) -> String {
    find(value).unwrap().to_string()
}

#[test]
fn the_place_of_a_float_that_is_not_finite_is_its_path_in_the_json() {
    const NAN: f64 = f64::NAN;
    let map = |float| BTreeMap::from([(7, 0.0), (8, float)]);
    let flat = BTreeMap::from([("x".to_owned(), NAN)]);
    for (found, path) in [
        (find(&scored(f32::NAN)), "scores[3]"),
        (find(&[None, Some([0.0, NAN])]), "[1][1]"),
        (find(&(1, "NaN", NAN)), "[2]"),
        (
            find(&vec![Newtype(None), Newtype(Some(scored(f32::NAN)))]),
            "[1].scores[3]",
        ),
        (find(&map(NAN)), "8"),
        (
            find(&BTreeMap::from([("a b", vec![scored(f32::NAN)])])),
            "a b[0].scores[3]",
        ),
        (find(&Shape::Circle(NAN)), "Circle"),
        (find(&[Shape::Ellipse(0.0, NAN)]), "[0].Ellipse[1]"),
        (find(&Shape::Box { width: NAN }), "Box.width"),
        (find(&Tagged::Box { width: NAN }), "width"),
        (find(&Flat { rest: flat }), "x"),
    ] {
        assert_eq!(found.map(|found| found.path).as_deref(), Some(path));
    }
}

#[test]
fn a_float_that_is_not_finite_is_named() {
    let end = ", and JSON has no such number";
    assert_eq!(message(&f32::NAN), format!("the output is NaN{end}"));
    assert_eq!(
        message(&f32::INFINITY),
        format!("the output is infinity{end}")
    );
    let list = [0.0, f64::NEG_INFINITY];
    assert_eq!(
        message(&list),
        format!("the output has -infinity at `[1]`{end}")
    );
}

#[test]
fn a_value_whose_floats_are_all_finite_has_none() {
    assert!(find(&scored(f32::MAX)).is_none());
    assert!(find(&[Some(f64::MIN), None]).is_none());
    assert!(find(&Shape::Nothing).is_none());
    assert!(find(&serde_json::json!({ "a": [1.5, null, true, "NaN"] })).is_none());
    assert!(find(&(u128::MAX, i128::MIN, 'x', b"x", ())).is_none());
}

#[test]
fn the_error_of_a_value_that_cannot_be_serialized_is_its_own() {
    struct Fails;

    impl Serialize for Fails {
        fn serialize<S: ser::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(ser::Error::custom("it fails"))
        }
    }

    assert!(find(&Fails).is_none());
}
