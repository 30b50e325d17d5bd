//! What a photo shows.

use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serve_runtime::prelude::*;

use crate::classes::{COUNT, Classes};
use crate::network::{ModelError, Network, Weights};
use crate::pixels::Image;
use crate::resize::{self, Filter, Region};

/// The side of the network's input, in pixels.
const SIDE: u32 = 224;
/// The network looks at the middle 224 pixels of a shorter side of 256.
const SHARE: f64 = 224.0 / 256.0;
/// How many labels an answer holds.
const TOP: usize = 3;

/// Names what a photo shows, choosing from some of ImageNet's classes.
///
/// The fruit, vehicle, plant and general classifiers share **one network**, EfficientNet-Lite0,
/// trained on all of ImageNet: they differ in the classes that they may choose from, nothing more.
/// In a service of your own, these would be networks of their own.
///
/// The four together take two fifths of the time of a photo, and the memory of a replica is what it needs besides the
/// network: see `benches/models.rs`.
#[deployment(num_cpus = 0.1, memory = 12_000_000)]
pub struct Classifier {
    network: Network,
    labels: Vec<String>,
    classes: Classes,
}

#[deployment]
impl Classifier {
    /// A classifier that chooses from `classes`, with the weights of `efficientnet_lite0.onnx`
    /// (`[1, 3, 224, 224]`, RGB from -1 to 1, in; `[1, 1000]` probabilities out) and its labels,
    /// one a line in the file `labels`.
    pub fn new(weights: Arc<Weights>, labels: &Path, classes: Classes) -> Result<Self, ModelError> {
        let side = SIDE as usize;
        Ok(Self {
            network: Network::new(weights, [1, 3, side, side], COUNT)?,
            labels: read_labels(labels)?,
            classes,
        })
    }

    /// The three likeliest labels, the likeliest first. The middle square of the photo is
    /// looked at.
    pub fn classify(&self, image: &Image) -> Result<Vec<Label>, ModelError> {
        let pixels = resize::square(
            image,
            Region::middle_square(image, SHARE),
            SIDE,
            Filter::Bicubic,
        );
        let input = resize::planes(&pixels, |value| (value - 127.0) / 128.0);
        let probabilities = self.network.run(input)?;
        Ok(self.likeliest(&probabilities))
    }
}

impl Classifier {
    fn likeliest(&self, probabilities: &[f32]) -> Vec<Label> {
        let mut classes: Vec<_> = self.classes.iter().collect();
        classes.sort_by(|&a, &b| probabilities[b].total_cmp(&probabilities[a]));
        classes.truncate(TOP);
        let label = |class: usize| Label {
            name: self.labels[class].clone(),
            class,
            score: probabilities[class],
        };
        classes.into_iter().map(label).collect()
    }
}

/// One thing that a photo may show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Label {
    /// Its name in English. Not unique: `missile`, for one, is two classes.
    pub name: String,
    /// Its number among ImageNet's classes, 0 to 999.
    pub class: usize,
    /// The network's probability for this class **among all 1,000**, 0 to 1.
    ///
    /// It is not scaled up to the classes that the classifier may choose from: a fruit classifier
    /// that is shown a cat answers with three kinds of fruit, all of them near 0, and the caller
    /// sees that there is none.
    pub score: f32,
}

/// The lines of `path`, of which there must be one for each class.
fn read_labels(path: &Path) -> Result<Vec<String>, ModelError> {
    let fault = |reason: String| ModelError::Labels {
        path: path.into(),
        reason,
    };
    let text = std::fs::read_to_string(path).map_err(|error| fault(error.to_string()))?;
    let labels: Vec<_> = text.lines().map(String::from).collect();
    match labels.len() {
        COUNT => Ok(labels),
        lines => Err(fault(format!("it has {lines} lines in place of {COUNT}"))),
    }
}
