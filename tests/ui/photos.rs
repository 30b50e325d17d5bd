//! The deployments of the graphs in these cases.
#![allow(dead_code)]

use std::path::Path;

use serve_runtime::prelude::*;

#[derive(Clone)]
pub struct Image;

/// It is not `Clone`.
pub struct Mask;

#[deployment]
pub struct Downloader;

#[deployment]
impl Downloader {
    pub fn new() -> Self {
        Downloader
    }
    pub async fn run(&self, url: String) -> Result<Vec<u8>> {
        Ok(url.into())
    }
}

#[deployment]
pub struct Preprocessor;

#[deployment]
impl Preprocessor {
    pub fn new() -> Self {
        Preprocessor
    }
    pub fn process(&self, bytes: Vec<u8>) -> Image {
        let _ = bytes;
        Image
    }
}

#[deployment]
pub struct Segmentation;

#[deployment]
impl Segmentation {
    pub fn new(weights: &Path) -> Result<Self> {
        let _ = weights;
        Ok(Segmentation)
    }
    pub fn forward(&self, image: &Image) -> Result<Mask> {
        let _ = image;
        Ok(Mask)
    }
}

#[deployment]
pub struct Integrity;

#[deployment]
impl Integrity {
    pub fn new() -> Self {
        Integrity
    }
    pub async fn forward(&self, image: Shared<Image>) -> f32 {
        let _ = image;
        0.5
    }
}

#[deployment]
pub async fn aggregate(mask: Mask, score: f32) -> String {
    let _ = mask;
    score.to_string()
}
