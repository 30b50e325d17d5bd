//! Which pixels of a photo are its foreground.

use std::path::Path;

use serve_runtime::prelude::*;

use crate::network::{ModelError, Network};
use crate::pixels::Image;
use crate::resize::{self, Filter, Region};

/// The side of the network's input and of its mask, in pixels.
const SIDE: u32 = 256;

/// Tells foreground from background.
///
/// The network is MediaPipe's selfie segmentation: trained on people close to the camera, it also
/// picks out other things close to the camera, and finds nothing in a landscape.
///
/// Its two replicas take a sixth of the time of a photo: see `benches/models.rs`.
#[deployment(num_cpus = 0.08, memory = 6_000_000)]
pub struct Segmentation {
    network: Network,
}

#[deployment]
impl Segmentation {
    /// Loads the network of `selfie_segmentation.onnx`: `[1, 3, 256, 256]`, RGB in 0 to 1, in;
    /// `[1, 1, 256, 256]`, 0 to 1, out.
    pub fn new(weights: &Path) -> Result<Self, ModelError> {
        let side = SIDE as usize;
        let network = Network::load(weights, [1, 3, side, side], side * side)?;
        Ok(Self { network })
    }

    /// The foreground of `image`. The whole photo is looked at, squeezed into a square.
    pub fn forward(&self, image: &Image) -> Result<Mask, ModelError> {
        let pixels = resize::square(image, Region::whole(image), SIDE, Filter::Bilinear);
        let coverage = self
            .network
            .run(resize::planes(&pixels, |value| value / 255.0))?;
        Ok(Mask { coverage })
    }
}

/// How much each part of a photo belongs to its foreground, on a grid of 256 by 256 over the
/// whole photo, whatever its shape.
#[derive(Clone, Debug, PartialEq)]
pub struct Mask {
    /// 0 (background) to 1 (foreground), row by row; never empty.
    coverage: Vec<f32>,
}

impl Mask {
    /// The share of the photo that is foreground, 0 to 1: the parts covered by half or more.
    pub fn foreground(&self) -> f32 {
        let covered = self.coverage.iter().filter(|&&value| value >= 0.5).count();
        covered as f32 / self.coverage.len() as f32
    }
}
