//! A crate that names the runtime `serving`, and that denies all warnings: generated code has to
//! work with both.
#![deny(
    warnings,
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    unused,
    clippy::all,
    clippy::pedantic
)]

use std::path::Path;

use serving::prelude::*;

/// An image.
#[derive(Debug, Clone)]
pub struct Image(pub Vec<u8>);

/// Loads images.
#[derive(Debug)]
#[deployment(num_replicas = 2, max_ongoing_requests = 8)]
pub struct Loader {
    root: String,
}

#[deployment]
impl Loader {
    /// Loads below `root`.
    ///
    /// # Errors
    ///
    /// If `root` is empty.
    pub fn new(root: &Path) -> Result<Self> {
        let root = root.display().to_string();
        Ok(Loader { root })
    }

    /// Loads one image.
    ///
    /// # Errors
    ///
    /// Never.
    #[allow(clippy::unused_async)]
    pub async fn load(&self, name: &str) -> Result<Image> {
        Ok(Image(format!("{}/{name}", self.root).into_bytes()))
    }
}

/// Measures images.
#[derive(Debug)]
#[deployment]
pub(crate) struct Meter {
    loader: Handle<Loader>,
    seen: usize,
}

/// From where on it counts.
#[derive(Debug, Clone)]
pub(crate) struct Start(usize);

#[deployment]
impl Meter {
    fn new(loader: Handle<Loader>) -> Self {
        Meter { loader, seen: 0 }
    }

    #[allow(clippy::needless_pass_by_value)]
    fn reconfigure(&mut self, start: Start) {
        self.seen = start.0;
    }

    async fn measure(&mut self, image: &Image, beside: String) -> Result<usize> {
        let beside = self.loader.load(beside.into()).await?;
        self.seen += 1;
        Ok(image.0.len() + beside.0.len() + self.seen)
    }

    #[allow(clippy::unused_self)]
    fn brightest(&self, image: &Image) -> u8 {
        image.0.iter().max().copied().unwrap_or_default()
    }
}

#[deployment(num_cpus = 1)]
fn summary(length: usize, brightest: u8) -> String {
    format!("{length} {brightest}")
}

/// Says something of a photo.
#[graph(route_prefix = "/photo")]
pub fn photo(root: String) -> String {
    let loader = Loader::bind(root);
    let meter = Meter::bind(loader).user_config(Start(2));
    input(|name: String, beside: String| {
        let image = loader.load(name);
        let length = meter.measure(image, beside);
        summary(length, meter.brightest(image))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_graph_runs_under_another_name_of_the_runtime() -> Result<()> {
        let app = deploy(photo("r".to_owned())).await?;
        let answer = app.call("ab".to_owned(), "c".to_owned()).await?;
        assert_eq!(answer, "10 114");
        Ok(())
    }
}
