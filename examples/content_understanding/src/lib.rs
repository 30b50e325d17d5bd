//! What a photo shows, and whether it is fit to be shown: real models behind one serving graph.
//!
//! A photo's URL becomes a [`Report`](report::Report) in these steps, one module each; [`graph`]
//! joins them:
//!
//! ```text
//! download -> preprocess -> segmentation               \
//!                        -> integrity                   > report
//!                        -> dispatcher - - classifiers /
//! ```
//!
//! Each step is a struct with a constructor and a method, and can be called from a test as it is.
//!
//! Each network resizes the decoded photo for itself. The three want different crops, sizes and
//! filters, so one shared tensor would serve none of them, and a resize costs less than a
//! millisecond for a photo of web size, 10 to 18 for one of 12 megapixels.

#![allow(missing_debug_implementations)] // networks, which the deployments hold, have none

pub mod category;
pub mod classes;
pub mod classifier;
pub mod dispatcher;
pub mod download;
pub mod graph;
pub mod integrity;
pub mod network;
pub mod pixels;
pub mod preprocess;
pub mod report;
mod resize;
pub mod segmentation;
