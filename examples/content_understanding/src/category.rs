//! The category that a client gives for a photo.

use serde::{Deserialize, Serialize};

use crate::classes::Classes;

/// What kind of thing to look for in a photo; in JSON `"fruit"`, `"vehicle"`, `"plant"` or
/// `"general"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Category {
    /// Fruit.
    Fruit,
    /// Anything that carries people or goods.
    Vehicle,
    /// Flowers, vegetables and seeds; fruit has a category of its own.
    Plant,
    /// Anything at all.
    General,
}

impl Category {
    /// The classes that the classifier of this category chooses from.
    pub fn classes(self) -> Classes {
        match self {
            Self::Fruit => Classes::FRUIT,
            Self::Vehicle => Classes::VEHICLES,
            Self::Plant => Classes::PLANTS,
            Self::General => Classes::ALL,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_lower_case_in_json() {
        for (category, json) in [
            (Category::Fruit, r#""fruit""#),
            (Category::Vehicle, r#""vehicle""#),
            (Category::Plant, r#""plant""#),
            (Category::General, r#""general""#),
        ] {
            assert_eq!(serde_json::to_string(&category).unwrap(), json);
            assert_eq!(serde_json::from_str::<Category>(json).unwrap(), category);
        }
    }
}
