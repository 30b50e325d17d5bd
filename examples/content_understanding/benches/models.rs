//! The costs of a replica of each deployment: the time it computes for a photo, and the memory it holds.
//! Run it on Linux with `cargo bench -p content_understanding --bench models`.
//!
//! The options `num_cpus` and `memory` of the deployments are made of these numbers. `num_cpus` is a
//! replica's share of the time that all need for a photo, so that the graph takes one core in all;
//! of the four classifiers, one looks at each photo. `memory` is rounded up; what the preprocessor takes
//! depends on the photo, so its own is for the largest.

#![allow(clippy::unwrap_used, reason = "a benchmark may panic")]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use content_understanding::category::Category;
use content_understanding::classifier::Classifier;
use content_understanding::integrity::Integrity;
use content_understanding::network::Weights;
use content_understanding::pixels::Image;
use content_understanding::preprocess::Preprocessor;
use content_understanding::segmentation::Segmentation;

/// How often each photo is looked at. The fastest time counts: the machine may be busy.
const ROUNDS: usize = 15;
/// Replicas that are built, so that the memory of one stands out.
const REPLICAS: u64 = 4;

fn main() {
    let files = files();
    let photos: Vec<Image> = files.iter().map(|file| decoded(file)).collect();
    let selfie = file("models/selfie_segmentation.onnx");
    let nsfw = file("models/open_nsfw.onnx");
    let labels = file("models/imagenet_labels.txt");

    let row = |name: &str, (time, bytes): (Duration, u64)| {
        let (ms, mib) = (time.as_secs_f64() * 1e3, bytes as f64 / f64::from(1 << 20));
        println!("{name:<14} {ms:>6.1} ms a photo {mib:>7.1} MiB a replica");
    };
    row(
        "preprocessor",
        replicas(&files, Preprocessor::new, |p, file| {
            drop(p.process(std::fs::read(file).unwrap().into()).unwrap());
        }),
    );
    row(
        "segmentation",
        replicas(
            &photos,
            || Segmentation::new(&selfie).unwrap(),
            |s, photo| {
                drop(s.forward(photo).unwrap());
            },
        ),
    );
    row(
        "integrity",
        replicas(
            &photos,
            || Integrity::new(&nsfw).unwrap(),
            |i, photo| {
                i.forward(photo).unwrap();
            },
        ),
    );
    let before = resident();
    let imagenet = Arc::new(Weights::load(&file("models/efficientnet_lite0.onnx")).unwrap());
    let shared = resident().saturating_sub(before);
    let classes = Category::General.classes();
    let classifier = || Classifier::new(imagenet.clone(), &labels, classes).unwrap();
    row(
        "classifier",
        replicas(&photos, classifier, |c, photo| {
            drop(c.classify(photo).unwrap());
        }),
    );
    println!(
        "and {:.1} MiB that the classifiers share",
        shared as f64 / f64::from(1 << 20)
    );
}

/// The mean time for a photo, and the memory that a replica holds after it has seen them all.
fn replicas<T, R>(photos: &[T], build: impl Fn() -> R, run: impl Fn(&R, &T)) -> (Duration, u64) {
    let before = resident();
    let replicas: Vec<R> = (0..REPLICAS).map(|_| build()).collect();
    let mut total = Duration::ZERO;
    for photo in photos {
        let times = (0..ROUNDS).map(|round| {
            let start = Instant::now();
            run(&replicas[round % replicas.len()], photo);
            start.elapsed()
        });
        total += times.min().unwrap();
    }
    let bytes = resident().saturating_sub(before) / REPLICAS;
    #[expect(
        clippy::mem_forget,
        reason = "the next replicas would reuse their memory, and seem to take none"
    )]
    std::mem::forget(replicas);
    (total / photos.len() as u32, bytes)
}

/// The bytes of memory that this process uses now.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .unwrap();
    line.split_whitespace()
        .nth(1)
        .unwrap()
        .parse::<u64>()
        .unwrap()
        << 10
}

fn files() -> Vec<PathBuf> {
    let files = std::fs::read_dir(file("photos")).unwrap();
    let files = files.map(|file| file.unwrap().path());
    let is_photo = |path: &PathBuf| {
        path.extension()
            .is_some_and(|end| end == "png" || end == "jpg")
    };
    files.filter(is_photo).collect()
}

fn decoded(file: &Path) -> Image {
    let bytes = std::fs::read(file).unwrap();
    Preprocessor::new().process(bytes.into()).unwrap()
}

fn file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}
