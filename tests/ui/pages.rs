//! The deployments and graphs of the graphs in these cases.
#![allow(dead_code)]

use serve_runtime::prelude::*;

pub struct Page;

#[derive(Clone)]
pub struct Crop;

/// Cannot be cloned.
pub struct Layout;

#[derive(Clone)]
pub enum Kind {
    Letter,
    Form,
    Other(String),
}

#[deployment]
pub struct Detector;

#[deployment]
impl Detector {
    pub fn new() -> Self {
        Detector
    }
    pub fn crops(&self, page: &Page) -> Vec<Crop> {
        let _ = page;
        Vec::new()
    }
    pub fn kind(&self, page: &Page) -> Kind {
        let _ = page;
        Kind::Letter
    }
    pub fn layout(&self, page: &Page) -> Layout {
        let _ = page;
        Layout
    }
}

#[deployment]
pub struct Reader;

#[deployment]
impl Reader {
    pub fn new() -> Self {
        Reader
    }
    pub fn read(&self, crop: Crop) -> String {
        let _ = crop;
        String::new()
    }
    pub fn read_as(&self, crop: Crop, language: String) -> String {
        let _ = crop;
        language
    }
    pub fn arrange(&self, layout: Layout) -> String {
        let _ = layout;
        String::new()
    }
    pub fn place(&self, crop: Crop, layout: Layout) -> String {
        let _ = (crop, layout);
        String::new()
    }
}

#[deployment]
pub async fn score(text: &str) -> f32 {
    text.len() as f32
}

#[graph]
pub fn ocr(language: String) -> Vec<String> {
    let detector = Detector::bind();
    let reader = Reader::bind();
    let _ = language;
    input(|page: Page| detector.crops(page).map(|crop| reader.read(crop)))
}

#[graph]
pub fn desk() -> Vec<Crop> {
    let detector = Detector::bind();
    route("/crops", |page: Page| detector.crops(page));
    route("/kind", |page: Page| -> Kind { detector.kind(page) });
}
