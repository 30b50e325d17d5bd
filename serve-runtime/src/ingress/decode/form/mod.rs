//! A form, `multipart/form-data`: a part for each input, each with a content type of its own.

use std::collections::BTreeMap;
use std::fmt;

use axum::body::Bytes;
use futures_util::{FutureExt, stream};
use multer::Multipart;
use serve_topology::Param;

use super::bad_body::{BadBody, Fault};
use super::content::{Content, ContentType};
use super::from_body::{FromBody, read};
use super::inputs::{check_name, given_twice, left_out};
use super::part::Part;

/// The parts of a form by their names.
pub(super) struct Form(BTreeMap<String, Owned>);

struct Owned {
    content_type: ContentType,
    bytes: Bytes,
}

impl Form {
    /// The parts of a body, if it is a form.
    pub(super) fn of(body: &Content) -> Option<Result<Self, BadBody>> {
        match &body.content_type {
            ContentType::Other { essence, whole } if essence == "multipart/form-data" => {
                Some(parts(whole, body.bytes.clone()))
            }
            _ => None,
        }
    }

    /// Refuses parts that belong to none of several inputs.
    pub(super) fn check(&self, params: &[Param<'_>]) -> Result<(), BadBody> {
        let mut names = self.0.keys();
        names.try_for_each(|name| check_name(params, name, false))
    }

    /// Reads one of several inputs.
    pub(super) fn take<T: FromBody>(&self, param: Option<&Param<'_>>) -> Result<T, BadBody> {
        let name = param.map_or("", |param| param.name);
        match self.part(name) {
            Some(part) => read(&part),
            None => left_out(name),
        }
    }

    /// Reads the only input: from the part of its name, or from all parts as its fields.
    pub(super) fn whole<T: FromBody>(&self, params: &[Param<'_>]) -> Result<T, BadBody> {
        let name = params.first().map_or("", |param| param.name);
        match self.part(name) {
            Some(part) if self.0.len() == 1 => read(&part),
            _ => T::from_fields(&FormFields(self)).unwrap_or_else(|| {
                self.check(params)?;
                left_out(name)
            }),
        }
    }

    fn part<'f>(&'f self, name: &'f str) -> Option<Part<'f>> {
        let part = self.0.get(name)?;
        Some(Part {
            field: name,
            content_type: part.content_type.essence(),
            bytes: &part.bytes,
        })
    }
}

/// The parts of a form as the fields of one value.
#[derive(Clone, Copy)]
pub struct FormFields<'f>(&'f Form);

impl<'f> FormFields<'f> {
    pub(super) fn parts(self) -> impl Iterator<Item = Part<'f>> {
        let names = self.0.0.keys();
        names.filter_map(move |name| self.0.part(name))
    }
}

impl fmt::Debug for FormFields<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.0.keys()).finish()
    }
}

fn parts(content_type: &str, body: Bytes) -> Result<Form, BadBody> {
    let boundary = multer::parse_boundary(content_type).map_err(broken)?;
    let body = stream::iter([Ok::<_, std::convert::Infallible>(body)]);
    // The whole body is in memory, so this never waits.
    read_all(Multipart::new(body, boundary))
        .now_or_never()
        .unwrap_or_else(|| Err(broken("it ends within a part")))
}

async fn read_all(mut form: Multipart<'_>) -> Result<Form, BadBody> {
    let mut parts = BTreeMap::new();
    while let Some(part) = form.next_field().await.map_err(broken)? {
        let name = part.name().ok_or_else(|| broken("a part has no name"))?;
        let name = name.to_owned();
        if parts.contains_key(&name) {
            return Err(given_twice(&name));
        }
        let content_type = match part.content_type() {
            Some(given) => given.as_ref(),
            // The content type that some clients send with a file.
            None if part.file_name().is_some() => "application/octet-stream",
            None => "text/plain",
        };
        let content_type = ContentType::read(content_type);
        let bytes = part.bytes().await.map_err(broken)?;
        let part = Owned {
            content_type,
            bytes,
        };
        parts.insert(name, part);
    }
    Ok(Form(parts))
}

fn broken(error: impl std::fmt::Display) -> BadBody {
    BadBody::of(
        Fault::Syntax,
        "",
        format!("the body is not a form: {error}"),
    )
}

#[cfg(test)]
mod tests;
