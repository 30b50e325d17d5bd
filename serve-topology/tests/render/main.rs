//! The content of the pictures.

mod bound;
mod colours;
mod drawing;
mod fixture;
mod language;
mod steps;
mod svg;
mod text;
