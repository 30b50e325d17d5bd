//! Every photo of `photos/`, compared with the results of Python (Pillow and ONNX Runtime).

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use content_understanding::category::Category;
use content_understanding::classifier::{Classifier, Label};
use content_understanding::integrity::Integrity;
use content_understanding::network::Weights;
use content_understanding::pixels::Image;
use content_understanding::preprocess::Preprocessor;
use content_understanding::report::{Report, aggregate};
use content_understanding::segmentation::Segmentation;
use serde::Deserialize;

/// The allowed difference of the numbers: the two sides decode and resize with different code.
const TOLERANCE: f32 = 0.1;

static SEGMENTATION: LazyLock<Segmentation> =
    LazyLock::new(|| Segmentation::new(&file("models/selfie_segmentation.onnx")).unwrap());
static IMAGENET: LazyLock<Arc<Weights>> =
    LazyLock::new(|| Arc::new(Weights::load(&file("models/efficientnet_lite0.onnx")).unwrap()));
static INTEGRITY: LazyLock<Integrity> =
    LazyLock::new(|| Integrity::new(&file("models/open_nsfw.onnx")).unwrap());

#[derive(Deserialize)]
struct Expected {
    size: [u32; 2],
    top3: Vec<(String, f32)>,
    foreground: f32,
    #[serde(rename = "unsafe")]
    unsafe_score: f32,
}

#[tokio::test]
async fn every_photo_gets_the_report_that_python_gave() {
    let expected = std::fs::read_to_string(file("photos/expected.json")).unwrap();
    let expected: BTreeMap<String, Expected> = serde_json::from_str(&expected).unwrap();
    assert_eq!(expected.len(), 7);
    let classifier = classifier(Category::General);
    for (name, expected) in expected {
        let image = photo(&name);
        assert_eq!([image.width(), image.height()], expected.size, "{name}");
        let report = report(&image, &classifier).await;
        println!("{name}: {report:?}");
        assert_close(&name, "foreground", report.foreground, expected.foreground);
        assert_close(&name, "unsafe", report.unsafe_score, expected.unsafe_score);
        assert_labels(&name, &report.labels, &expected.top3);
    }
}

/// The top label exactly; of the others the scores, rank by rank, since near ties may swap names.
fn assert_labels(photo: &str, labels: &[Label], expected: &[(String, f32)]) {
    assert_eq!(labels.len(), expected.len(), "{photo}");
    assert_eq!(labels[0].name, expected[0].0, "{photo}");
    for (label, (name, score)) in labels.iter().zip(expected) {
        assert_close(photo, name, label.score, *score);
    }
}

fn assert_close(photo: &str, what: &str, actual: f32, expected: f32) {
    let distance = (actual - expected).abs();
    assert!(
        distance <= TOLERANCE,
        "{photo}: {what} is {actual} in place of {expected}"
    );
}

#[test]
fn a_category_answers_with_its_own_classes() {
    for (category, name, top) in [
        (Category::Fruit, "fruits.jpg", "lemon"),
        (Category::Plant, "flower.jpg", "daisy"),
        (Category::Vehicle, "rocket.jpg", "missile"),
    ] {
        let labels = classifier(category).classify(&photo(name)).unwrap();
        assert_eq!(labels[0].name, top);
        assert!(labels.is_sorted_by(|a, b| a.score >= b.score));
        let classes: Vec<_> = category.classes().iter().collect();
        assert!(labels.iter().all(|label| classes.contains(&label.class)));
    }
}

#[test]
fn a_photo_of_another_category_scores_low() {
    let labels = classifier(Category::Fruit)
        .classify(&photo("chelsea.png"))
        .unwrap();
    assert_eq!(labels.len(), 3);
    assert!(labels[0].score < 0.01, "{labels:?}");
}

#[tokio::test]
async fn a_report_survives_json() {
    let report = report(&photo("coffee.png"), &classifier(Category::General)).await;
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["labels"][0]["name"], "espresso");
    assert!(json["unsafe"].is_number() && json["foreground"].is_number());
    assert_eq!(serde_json::from_value::<Report>(json).unwrap(), report);
}

#[test]
fn a_model_that_cannot_be_used_is_named_when_it_is_loaded() {
    let missing = Segmentation::new(&file("models/missing.onnx"))
        .err()
        .unwrap();
    assert!(
        missing.to_string().contains("models/missing.onnx"),
        "{missing}"
    );

    let labels = file("models/imagenet_labels.txt");
    let no_model = Integrity::new(&labels).err().unwrap();
    assert!(
        no_model.to_string().contains("imagenet_labels.txt"),
        "{no_model}"
    );

    let other = Segmentation::new(&file("models/open_nsfw.onnx"))
        .err()
        .unwrap();
    assert!(
        other.to_string().contains("models/open_nsfw.onnx"),
        "{other}"
    );

    let photo = file("photos/expected.json");
    let no_labels = Classifier::new(IMAGENET.clone(), &photo, Category::General.classes());
    let no_labels = no_labels.err().unwrap();
    assert!(
        no_labels.to_string().contains("in place of 1000"),
        "{no_labels}"
    );
    for error in [missing, no_model, other, no_labels] {
        println!("{error}");
    }
}

async fn report(image: &Image, classifier: &Classifier) -> Report {
    aggregate(
        SEGMENTATION.forward(image).unwrap(),
        INTEGRITY.forward(image).unwrap(),
        classifier.classify(image).unwrap(),
    )
    .await
}

fn classifier(category: Category) -> Classifier {
    let labels = file("models/imagenet_labels.txt");
    Classifier::new(IMAGENET.clone(), &labels, category.classes()).unwrap()
}

fn photo(name: &str) -> Image {
    let bytes = std::fs::read(file("photos").join(name)).unwrap();
    Preprocessor::new().process(bytes.into()).unwrap()
}

fn file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}
