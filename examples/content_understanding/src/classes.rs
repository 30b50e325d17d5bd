//! Which of ImageNet's 1,000 classes are fruit, vehicles and plants.
//!
//! Classes are numbered from 0, as the lines of `imagenet_labels.txt`.

use std::ops::RangeInclusive;

/// The number of ImageNet's classes.
pub const COUNT: usize = 1000;

/// A selection of ImageNet's classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Classes {
    /// In ascending order, all below [`COUNT`].
    ranges: &'static [RangeInclusive<usize>],
}

impl Classes {
    /// All 1,000.
    pub const ALL: Self = Self {
        ranges: &[0..=COUNT - 1],
    };

    /// The ten kinds of fruit, from Granny Smith apple to pomegranate.
    pub const FRUIT: Self = Self {
        ranges: &[948..=957],
    };

    /// Vehicles on land, water, rails and snow, in the air and in space.
    ///
    /// Left out are parts (car wheel, paddle wheel), what is pushed by hand (wheelbarrow, shopping
    /// cart, lawn mower), homes (mobile home) and wrecks. A rocket has no class of its own: it
    /// goes as class 657, missile, a vehicle that a rocket drives. Class 744 bears the same label
    /// but means any projectile, and is left out.
    pub const VEHICLES: Self = Self {
        ranges: &[
            403..=405, // aircraft carrier, airliner, airship
            407..=408, // ambulance, amphibious vehicle
            417..=417, // balloon
            436..=436, // station wagon
            444..=444, // tandem bicycle
            450..=450, // bobsleigh
            466..=466, // high-speed train
            468..=468, // taxicab
            472..=472, // kayak
            484..=484, // catamaran
            510..=511, // container ship, convertible
            537..=537, // dog sled
            547..=547, // electric locomotive
            554..=555, // fireboat, fire truck
            561..=561, // forklift
            565..=565, // freight car
            569..=569, // garbage truck
            573..=573, // go-kart
            575..=576, // golf cart, gondola
            586..=586, // half-track
            595..=595, // combine harvester
            603..=603, // horse-drawn vehicle
            609..=609, // jeep
            612..=612, // rickshaw vehicle
            625..=625, // lifeboat
            627..=628, // limousine, ocean liner
            654..=654, // minibus
            656..=657, // minivan, missile
            661..=661, // ford model t
            665..=665, // moped
            670..=671, // motor scooter, mountain bike
            675..=675, // moving van
            690..=690, // bullock cart
            705..=705, // railroad car
            717..=717, // pickup truck
            724..=724, // pirate ship
            734..=734, // police van
            751..=751, // race car
            757..=757, // recreational vehicle
            779..=780, // school bus, schooner
            802..=803, // snowmobile, snowplow
            812..=812, // space shuttle
            814..=814, // motorboat
            817..=817, // sports car
            820..=820, // steam locomotive
            829..=829, // tram
            833..=833, // submarine
            847..=847, // tank
            864..=864, // tow truck
            866..=867, // tractor, semi-trailer truck
            870..=871, // tricycle, trimaran
            874..=874, // trolleybus
            880..=880, // unicycle
            895..=895, // military aircraft
            914..=914, // yawl (boat)
        ],
    };

    /// Vegetables, flowers, seeds and grain.
    ///
    /// Left out are fruit, which has a category of its own, and mushrooms, which are not plants.
    /// ImageNet has no trees.
    pub const PLANTS: Self = Self {
        ranges: &[
            // cabbage, broccoli, cauliflower, zucchini, spaghetti squash, acorn squash, butternut
            // squash, cucumber, artichoke, bell pepper, cardoon
            936..=946,
            // rapeseed, daisy, yellow lady's slipper, corn, acorn, rose hip, horse chestnut seed
            984..=990,
            998..=998, // fruiting spike of a cereal plant
        ],
    };

    /// The selected classes, in ascending order.
    pub fn iter(self) -> impl Iterator<Item = usize> {
        self.ranges.iter().cloned().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels_of(classes: Classes) -> Vec<&'static str> {
        let labels: Vec<_> = include_str!("../models/imagenet_labels.txt")
            .lines()
            .collect();
        classes.iter().map(|class| labels[class]).collect()
    }

    #[test]
    fn every_selection_is_in_order_and_in_range() {
        for classes in [
            Classes::ALL,
            Classes::FRUIT,
            Classes::VEHICLES,
            Classes::PLANTS,
        ] {
            let classes: Vec<_> = classes.iter().collect();
            assert!(classes.is_sorted_by(|a, b| a < b));
            assert!(classes.last().is_some_and(|&class| class < COUNT));
        }
    }

    #[test]
    fn all_fruit_is_selected() {
        let fruit = [
            "Granny Smith apple",
            "strawberry",
            "orange",
            "lemon",
            "fig",
            "pineapple",
            "banana",
            "jackfruit",
            "cherimoya (custard apple)",
            "pomegranate",
        ];
        assert_eq!(labels_of(Classes::FRUIT), fruit);
    }
}
