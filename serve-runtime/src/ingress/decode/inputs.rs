//! All inputs of a graph.
//!
//! A graph with one input reads the body as that value; one with several reads JSON with a field for
//! each. Either reads a form with a part for each, or for each field of the only one. A graph without inputs reads
//! nothing.

use serve_topology::Param;

use super::bad_body::BadBody;
use super::content::{Content, ContentType};
use super::fields::Fields;
#[cfg(feature = "multipart")]
use super::form::Form;
use super::from_body::{FromBody, not_supported, read};
use super::part::{JSON, Part};

/// All inputs of a graph: a tuple of values that can be read from a body, perhaps on another thread.
pub trait Inputs: Sized + Send + 'static {
    #[doc(hidden)]
    #[allow(private_interfaces)]
    fn decode(params: &[Param<'_>], body: &Content) -> Result<Self, BadBody>;
}

impl Inputs for () {
    #[allow(private_interfaces)]
    fn decode(_params: &[Param<'_>], _body: &Content) -> Result<Self, BadBody> {
        Ok(())
    }
}

impl<A: FromBody + Send + 'static> Inputs for (A,) {
    #[allow(private_interfaces)]
    fn decode(params: &[Param<'_>], body: &Content) -> Result<Self, BadBody> {
        #[cfg(feature = "multipart")]
        if let Some(form) = Form::of(body) {
            return Ok((form?.whole(params)?,));
        }
        let _ = params;
        Ok((read(&whole(body))?,))
    }
}

macro_rules! inputs {
    ($($T:ident)*) => {
        impl<$($T: FromBody + Send + 'static),*> Inputs for ($($T,)*) {
            #[allow(private_interfaces)]
            fn decode(params: &[Param<'_>], body: &Content) -> Result<Self, BadBody> {
                let mut source = Source::of(params, body)?;
                let mut params = params.iter();
                Ok(($(source.take::<$T>(params.next())?,)*))
            }
        }
    };
}

inputs!(A B);
inputs!(A B C);
inputs!(A B C D);
inputs!(A B C D E);
inputs!(A B C D E F);
inputs!(A B C D E F G);
inputs!(A B C D E F G H);
inputs!(A B C D E F G H I);
inputs!(A B C D E F G H I J);
inputs!(A B C D E F G H I J K);
inputs!(A B C D E F G H I J K L);

/// The source of several inputs: a body with a name for each.
enum Source<'b> {
    Fields(Fields<'b>),
    #[cfg(feature = "multipart")]
    Form(Form),
}

impl<'b> Source<'b> {
    fn of(params: &[Param<'_>], body: &'b Content) -> Result<Self, BadBody> {
        #[cfg(feature = "multipart")]
        if let Some(form) = Form::of(body) {
            let form = form?;
            form.check(params)?;
            return Ok(Source::Form(form));
        }
        match body.content_type {
            ContentType::Json => Ok(Source::Fields(Fields::read(params, &body.bytes)?)),
            ContentType::Other { .. } => {
                let taken = [
                    JSON,
                    #[cfg(feature = "multipart")]
                    "multipart/form-data",
                ];
                Err(not_supported(&whole(body)).send(&taken))
            }
        }
    }

    fn take<T: FromBody>(&mut self, param: Option<&Param<'_>>) -> Result<T, BadBody> {
        match self {
            Source::Fields(fields) => fields.take(param),
            #[cfg(feature = "multipart")]
            Source::Form(form) => form.take(param),
        }
    }
}

fn whole(body: &Content) -> Part<'_> {
    Part::new(body.content_type.essence(), &body.bytes)
}

/// An input that was not sent: an optional one may be left out.
pub(super) fn left_out<T: FromBody>(name: &str) -> Result<T, BadBody> {
    read(&Part::json(name, b"null")).map_err(|_| BadBody::new("missing field").at(name))
}

/// Refuses an unknown name, or one that is repeated.
pub(super) fn check_name(params: &[Param<'_>], name: &str, is_known: bool) -> Result<(), BadBody> {
    if !params.iter().any(|param| param.name == name) {
        let message = format!("unknown field; the fields are {}", names(params));
        return Err(BadBody::new(message).at(name));
    }
    match is_known {
        true => Err(given_twice(name)),
        false => Ok(()),
    }
}

pub(super) fn given_twice(name: &str) -> BadBody {
    BadBody::new("the field is given twice").at(name)
}

/// The inputs' names.
pub(super) fn names(params: &[Param<'_>]) -> String {
    let names = params.iter().map(|param| format!("`{}`", param.name));
    names.collect::<Vec<_>>().join(", ")
}
