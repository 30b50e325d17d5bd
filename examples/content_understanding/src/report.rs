//! The answer: what the models found, in one place.

use serde::{Deserialize, Serialize};
use serve_runtime::prelude::*;

use crate::classifier::Label;
use crate::integrity::Score;
use crate::segmentation::Mask;

/// What a photo shows, and whether it is fit to be shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The share of the photo that is foreground, 0 to 1.
    pub foreground: f32,
    /// The probability that the photo is not safe for work, 0 to 1; in JSON `unsafe`, which is
    /// a keyword here.
    #[serde(rename = "unsafe")]
    pub unsafe_score: f32,
    /// The three likeliest labels of the category asked for, the likeliest first.
    pub labels: Vec<Label>,
}

/// Puts what the models found into one report.
#[deployment]
pub async fn aggregate(segments: Mask, safety: Score, labels: Vec<Label>) -> Report {
    Report {
        foreground: segments.foreground(),
        unsafe_score: safety.unsafe_probability(),
        labels,
    }
}
