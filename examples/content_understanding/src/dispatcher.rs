//! Which classifier looks at a photo.

use serve_runtime::prelude::*;

use crate::category::Category;
use crate::classifier::{Classifier, Label};
use crate::pixels::Image;

/// Hands a photo to the classifier of its category.
#[deployment]
pub struct Dispatcher {
    fruit: Handle<Classifier>,
    vehicle: Handle<Classifier>,
    plant: Handle<Classifier>,
    general: Handle<Classifier>,
}

#[deployment]
impl Dispatcher {
    /// A dispatcher to these four.
    pub fn new(
        fruit: Handle<Classifier>,
        vehicle: Handle<Classifier>,
        plant: Handle<Classifier>,
        general: Handle<Classifier>,
    ) -> Self {
        Self {
            fruit,
            vehicle,
            plant,
            general,
        }
    }

    /// The three likeliest labels among those of `category`.
    pub async fn run(&self, image: Shared<Image>, category: Category) -> Result<Vec<Label>> {
        match category {
            Category::Fruit => self.fruit.classify(image).await,
            Category::Vehicle => self.vehicle.classify(image).await,
            Category::Plant => self.plant.classify(image).await,
            Category::General => self.general.classify(image).await,
        }
    }
}
