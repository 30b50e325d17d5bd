//! The models of these tests, and a record of which were loaded and dropped.

use std::sync::{Arc, Mutex};

use serve_runtime::prelude::*;

use crate::support::Stage;

/// Loads models, and records which ones.
#[derive(Clone)]
pub struct Library(Arc<Inner>);

struct Inner {
    /// Holds loads until they are released.
    stage: Option<Stage>,
    loaded: Mutex<Vec<String>>,
    dropped: Mutex<Vec<String>>,
}

pub struct Model {
    pub id: String,
    library: Library,
}

impl Drop for Model {
    fn drop(&mut self) {
        self.library.0.dropped.lock().unwrap().push(self.id.clone());
    }
}

impl Library {
    pub fn new() -> Self {
        Library::with(None)
    }

    pub fn guarded_by(stage: &Stage) -> Self {
        Library::with(Some(stage.clone()))
    }

    fn with(stage: Option<Stage>) -> Self {
        Library(Arc::new(Inner {
            stage,
            loaded: Mutex::default(),
            dropped: Mutex::default(),
        }))
    }

    /// Loads a model; `broken` fails, and `cursed` panics.
    pub async fn load(&self, id: &str) -> Result<Model> {
        self.0.loaded.lock().unwrap().push(id.to_owned());
        if let Some(stage) = &self.0.stage {
            stage.hold().await;
        }
        match id {
            "broken" => Err(Error::failed("no such model")),
            "cursed" => panic!("what a load"),
            id => Ok(Model {
                id: id.to_owned(),
                library: self.clone(),
            }),
        }
    }

    /// The models that were loaded, in order.
    pub fn loaded(&self) -> Vec<String> {
        self.0.loaded.lock().unwrap().clone()
    }

    /// The models that were dropped, in order.
    pub fn dropped(&self) -> Vec<String> {
        self.0.dropped.lock().unwrap().clone()
    }
}

/// The model that the current request is for.
pub fn wanted() -> String {
    let request = Request::current();
    request.model_id().unwrap_or("none").to_owned()
}

/// Options for a model.
pub fn of(model_id: &str) -> CallOptions {
    CallOptions::new().model_id(model_id)
}
