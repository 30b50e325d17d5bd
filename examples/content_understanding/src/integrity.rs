//! Whether a photo is fit to be shown.

use std::path::Path;

use serve_runtime::prelude::*;

use crate::network::{ModelError, Network};
use crate::pixels::Image;
use crate::resize::{self, Filter, Region};

/// The side of the network's input, in pixels.
const SIDE: u32 = 224;
/// The network looks at the middle 224 of 256 pixels, in both directions.
const SHARE: f64 = 224.0 / 256.0;
/// The mean of its training photos, which it wants taken off: blue, green, red.
const MEAN: [f32; 3] = [104.0, 117.0, 123.0];

/// Tells photos that are not safe for work.
///
/// The network is Yahoo's open_nsfw. It knows nudity, not violence or other harm.
///
/// It takes two fifths of the time of a photo: see `benches/models.rs`.
#[deployment(num_cpus = 0.4, memory = 35_000_000)]
pub struct Integrity {
    network: Network,
}

#[deployment]
impl Integrity {
    /// Loads the network of `open_nsfw.onnx`: `[1, 224, 224, 3]`, BGR from 0 to 255 less the mean
    /// (104, 117, 123), in; `[1, 2]`, the probabilities of safe and of unsafe, out.
    pub fn new(weights: &Path) -> Result<Self, ModelError> {
        let side = SIDE as usize;
        let network = Network::load(weights, [1, side, side, 3], 2)?;
        Ok(Self { network })
    }

    /// How unsafe `image` is. The middle of the photo is looked at, squeezed into a square.
    pub fn forward(&self, image: &Image) -> Result<Score, ModelError> {
        let pixels = resize::square(image, Region::middle(image, SHARE), SIDE, Filter::Bilinear);
        let output = self.network.run(bgr_less_mean(&pixels))?;
        Ok(Score {
            unsafe_probability: output[1],
        })
    }
}

/// How unsafe a photo is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    unsafe_probability: f32,
}

impl Score {
    /// The probability that the photo is not safe for work, 0 to 1. The network's authors suggest
    /// to take less than 0.2 for safe and more than 0.8 for unsafe.
    pub fn unsafe_probability(&self) -> f32 {
        self.unsafe_probability
    }
}

fn bgr_less_mean(rgb: &[[u8; 3]]) -> Vec<f32> {
    let [blue, green, red] = MEAN;
    rgb.iter()
        .flat_map(|&[r, g, b]| {
            [
                f32::from(b) - blue,
                f32::from(g) - green,
                f32::from(r) - red,
            ]
        })
        .collect()
}
