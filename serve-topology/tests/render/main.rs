//! The content of the pictures.

mod drawing;
mod fixture;
mod language;
mod steps;
mod svg;
mod text;
