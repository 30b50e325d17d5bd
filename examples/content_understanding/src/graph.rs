//! The graph: what is called with what.

use std::path::PathBuf;
use std::sync::Arc;

use serve_runtime::prelude::*;
use url::Url;

use crate::category::Category;
use crate::classes::Classes;
use crate::classifier::Classifier;
use crate::dispatcher::Dispatcher;
use crate::download::Downloader;
use crate::integrity::Integrity;
use crate::network::Weights;
use crate::preprocess::Preprocessor;
use crate::report::{Report, aggregate};
use crate::segmentation::Segmentation;

/// What a photo shows, and whether it is fit to be shown.
///
/// `imagenet` is one network in memory, however many classifiers choose by it. The replicas take one core in
/// all, on which they look at about 12 photos a second.
#[graph(route_prefix = "/content")]
pub fn content_understanding(models: PathBuf, imagenet: Arc<Weights>) -> Report {
    let labels = models.join("imagenet_labels.txt");

    let downloader = Downloader::bind();
    let preprocessor = Preprocessor::bind();
    let segmentation = Segmentation::bind(models.join("selfie_segmentation.onnx")).num_replicas(2);
    let integrity = Integrity::bind(models.join("open_nsfw.onnx"));
    let fruit = Classifier::bind(imagenet.clone(), &labels, Classes::FRUIT);
    let vehicle = Classifier::bind(imagenet.clone(), &labels, Classes::VEHICLES);
    let plant = Classifier::bind(imagenet.clone(), &labels, Classes::PLANTS);
    let general = Classifier::bind(imagenet, &labels, Classes::ALL);
    let dispatcher = Dispatcher::bind(fruit, vehicle, plant, general);

    input(|image_url: Url, category: Category| {
        let image = preprocessor.process(downloader.run(image_url));
        let segments = segmentation.forward(image);
        let safety = integrity.forward(image); // the same variable: runs in parallel
        let label = dispatcher.run(image, category);
        aggregate(segments, safety, label)
    })
}
