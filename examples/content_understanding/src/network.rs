//! Neural networks from ONNX files, each on one core.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rten::{Model, RunOptions, ThreadPool, Value};
use thiserror::Error;

/// The weights of a network, from an ONNX file.
///
/// Computing only reads it, so that any number of replicas can share it by an [`Arc`]; a
/// replica keeps everything else in its own memory.
pub struct Weights {
    model: Model,
    path: PathBuf,
}

impl Weights {
    /// Loads the file in `path`.
    pub fn load(path: &Path) -> Result<Self, ModelError> {
        let load = |reason: String| ModelError::Load {
            path: path.into(),
            reason,
        };
        // Read here, because the engine's own message for a missing file is about something else.
        let file = std::fs::read(path).map_err(|error| load(error.to_string()))?;
        let model = Model::load(file).map_err(|error| load(error.to_string()))?;
        Ok(Self {
            model,
            path: path.into(),
        })
    }
}

/// A network with one image in and one row of numbers out.
///
/// Each network computes on a thread of its own and no other, also where it shares its weights, so
/// that replicas add up to the cores they were given: on the engine's default pool, every replica
/// would use every core.
pub struct Network {
    weights: Arc<Weights>,
    input: [usize; 4],
    outputs: usize,
    options: RunOptions,
}

impl Network {
    /// The network of `weights`, which takes one `input` (its four dimensions, the first of them 1)
    /// and gives `outputs` numbers.
    ///
    /// It is run once, so that weights of another network are detected here and not by the first
    /// request.
    pub(crate) fn new(
        weights: Arc<Weights>,
        input: [usize; 4],
        outputs: usize,
    ) -> Result<Self, ModelError> {
        let pool = ThreadPool::with_num_threads(1);
        let network = Self {
            weights,
            input,
            outputs,
            options: RunOptions::default().with_thread_pool(Some(Arc::new(pool))),
        };
        network.run(vec![0.0; input.iter().product()])?;
        Ok(network)
    }

    /// The network of the file in `path`, which shares its weights with no other.
    pub(crate) fn load(path: &Path, input: [usize; 4], outputs: usize) -> Result<Self, ModelError> {
        Self::new(Arc::new(Weights::load(path)?), input, outputs)
    }

    /// The network's output for one `input`, in row-major order. The numbers are finite.
    pub(crate) fn run(&self, input: Vec<f32>) -> Result<Vec<f32>, ModelError> {
        let failed = |reason: String| ModelError::Run {
            path: self.weights.path.clone(),
            reason,
        };
        let input = Value::from_shape(self.input, input).map_err(|e| failed(e.to_string()))?;
        let output = self
            .weights
            .model
            .run_one(input.into(), Some(self.options.clone()))
            .map_err(|error| failed(error.to_string()))?;
        let output = output
            .into_tensor::<f32>()
            .ok_or_else(|| failed("its output is not of 32-bit floats".into()))?
            .into_data();
        if output.len() != self.outputs {
            let (got, wanted) = (output.len(), self.outputs);
            return Err(failed(format!(
                "it gave {got} numbers in place of {wanted}"
            )));
        }
        if !output.iter().all(|number| number.is_finite()) {
            return Err(failed("it gave a number that is not finite".into()));
        }
        Ok(output)
    }
}

/// Why a model could not be set up or run.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ModelError {
    /// The file is missing, unreadable or no ONNX model.
    #[error("cannot load the model {}: {reason}", path.display())]
    Load {
        /// The model's file.
        path: PathBuf,
        /// The engine's message.
        reason: String,
    },
    /// The label file is missing, unreadable or of another length.
    #[error("cannot read the labels in {}: {reason}", path.display())]
    Labels {
        /// The label file.
        path: PathBuf,
        /// The error in it.
        reason: String,
    },
    /// The network could not be computed; while loading, the file is of another network.
    #[error("cannot run the model {}: {reason}", path.display())]
    Run {
        /// The model's file.
        path: PathBuf,
        /// The engine's message.
        reason: String,
    },
}
