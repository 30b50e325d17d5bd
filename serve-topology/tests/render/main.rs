//! What the pictures show.

mod drawing;
mod fixture;
mod steps;
mod svg;
mod text;
