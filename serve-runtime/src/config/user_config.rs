//! Converts between a `user_config` of a deployment's own type and one in a file.

use std::any::Any;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::read::parse;
use crate::engine::UserConfig;

/// Reads one; an error has the path in it and the message.
pub(crate) type Read = fn(&Value) -> Result<UserConfig, (String, String)>;

/// Writes one, or returns the message of the error.
pub(crate) type Write = fn(&UserConfig) -> Result<Value, String>;

pub(crate) fn read<C>(value: &Value) -> Result<UserConfig, (String, String)>
where
    C: DeserializeOwned + Send + Sync + 'static,
{
    let config: C = serde_path_to_error::deserialize(value).map_err(|error| {
        let path = match error.path().to_string().as_str() {
            "." => String::new(),
            inside if inside.starts_with('[') => inside.to_owned(),
            inside => format!(".{inside}"),
        };
        (path, error.inner().to_string())
    })?;
    Ok(Arc::new(config))
}

/// Converts through JSON text: that keeps an `f32` as short as it is written, and refuses a number that is not
/// finite, which a `Value` would turn into `null`.
pub(crate) fn write<C: Serialize + 'static>(config: &UserConfig) -> Result<Value, String> {
    let config: &(dyn Any + Send + Sync) = &**config;
    let config: &C = config
        .downcast_ref()
        .ok_or("it is of another type than `reconfigure` takes")?;
    let text = serde_saphyr::to_string(config).map_err(|error| error.to_string())?;
    parse(&text).map_err(|wrong| wrong.to_string())
}
