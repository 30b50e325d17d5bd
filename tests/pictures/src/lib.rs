//! Graphs whose deployments are spread over modules, and named by every form of a path.
//!
//! The build script draws them from the source, the macro describes them with what rustc knows; the
//! tests compare the two.

#![allow(missing_debug_implementations)] // nothing prints its deployments

pub mod language;
pub mod library;
pub mod models;
pub mod steps;
pub mod streams;

use std::time::Duration;

use serve_runtime::prelude::*;

use models::{Labels, classifier as named, prelude::*};
use steps::join as unite;

/// What a photo shows.
///
/// Nothing else.
#[graph(route_prefix = "/photo")]
pub fn photo(weights: String) -> String {
    let loader = models::loader::Loader::bind().autoscaling_config(
        AutoscalingConfig::new()
            .max_replicas(2)
            .downscale_to_zero_delay(Duration::from_secs(5)),
    );
    let cats = named::Classifier::bind(weights.clone()).num_replicas(3);
    let dogs = Dogs::bind(weights).name("dogs").num_gpus(1.0);
    let judge = crate::models::Judge::bind(cats.clone(), dogs);

    input(|url: String, limit: usize| {
        let image = loader.load(url, limit);
        let labels = cats.classify(image);
        let verdict = judge.judge(image, labels);
        let length = steps::measure(verdict.len());
        unite(verdict, (length, limit + 1))
    })
}

/// Graphs can be anywhere.
pub mod serving {
    use super::*;

    #[graph]
    /// How many labels there were.
    pub fn count() -> usize {
        let tally = self::tally::Tally::bind();

        input(|labels: Labels| tally.add(labels))
    }

    mod tally {
        use super::Labels;
        use serve_runtime::prelude::*;

        #[deployment(max_ongoing_requests = 1, num_cpus = 0.5)]
        pub(super) struct Tally(usize);

        #[deployment]
        impl Tally {
            pub(super) fn new() -> Self {
                Tally(0)
            }

            pub(super) fn add(&mut self, labels: Labels) -> usize {
                self.0 += labels.len();
                self.0
            }
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[graph]
        fn of_a_test() -> usize {
            input(|n: usize| crate::steps::measure(n))
        }

        #[test]
        fn of_count() {
            super::super::tests::compare(
                CountGraph::TOPOLOGY,
                include_str!(concat!(env!("OUT_DIR"), "/count.json")),
            );
            assert_eq!(OfATestGraph::TOPOLOGY.name, "of_a_test");
            let file = concat!(env!("OUT_DIR"), "/of_a_test.json");
            assert!(!std::path::Path::new(file).exists());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serve_runtime::topology::Topology;
    use serve_topology::render::Format;

    pub(crate) fn compare(topology: &Topology<'_>, written: &str) {
        assert_eq!(written, topology.render(Format::Json));
    }

    #[test]
    fn of_photo() {
        compare(
            PhotoGraph::TOPOLOGY,
            include_str!(concat!(env!("OUT_DIR"), "/photo.json")),
        );
    }

    #[test]
    fn every_format_is_written() {
        use language::{EverythingGraph, GatheringGraph, NestedGraph, VisitingGraph};
        use library::{LibraryGraph, PageGraph};
        use streams::{RelayingGraph, TellingGraph};
        for topology in [
            PageGraph::TOPOLOGY,
            LibraryGraph::TOPOLOGY,
            PhotoGraph::TOPOLOGY,
            EverythingGraph::TOPOLOGY,
            NestedGraph::TOPOLOGY,
            GatheringGraph::TOPOLOGY,
            VisitingGraph::TOPOLOGY,
            TellingGraph::TOPOLOGY,
            RelayingGraph::TOPOLOGY,
        ] {
            for format in Format::ALL {
                let name = topology.name;
                let file = format!("{}/{name}.{}", env!("OUT_DIR"), format.extension());
                let written = std::fs::read_to_string(&file).unwrap();
                assert_eq!(written, topology.render(*format), "{file}");
            }
        }
    }
}
