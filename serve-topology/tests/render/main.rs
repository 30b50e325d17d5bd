//! What the pictures show.

mod drawing;
mod fixture;
mod language;
mod steps;
mod svg;
mod text;
