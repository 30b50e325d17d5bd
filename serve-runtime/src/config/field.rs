//! One option of a configuration, whatever its type.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use serve_topology::AutoscalingConfig;
use serve_topology::options::AutoscalingOption;

use super::Setting;
use super::node::Node;

/// One option of a configuration, whatever its type.
pub(super) trait Field {
    fn is_given(&self) -> bool;
    fn leave_out(&mut self);
    /// Its value, if it is given.
    fn node(&self) -> Option<Node>;
}

impl<T: Written> Field for Option<T> {
    fn is_given(&self) -> bool {
        self.is_some()
    }

    fn leave_out(&mut self) {
        *self = None;
    }

    fn node(&self) -> Option<Node> {
        self.as_ref().map(Written::written)
    }
}

impl<T: Written> Field for Setting<T> {
    fn is_given(&self) -> bool {
        !self.is_keep()
    }

    fn leave_out(&mut self) {
        *self = Setting::Keep;
    }

    fn node(&self) -> Option<Node> {
        match self {
            Setting::Keep => None,
            Setting::Clear => Some(Node::default()),
            Setting::Set(value) => Some(value.written()),
        }
    }
}

/// The name identifies the deployment: it is always given and never left out.
impl Field for String {
    fn is_given(&self) -> bool {
        true
    }

    fn leave_out(&mut self) {}

    fn node(&self) -> Option<Node> {
        Some(self.written())
    }
}

/// A value as a file has it.
pub(super) trait Written {
    fn written(&self) -> Node;
}

macro_rules! written {
    ($($ty:ty),*) => {$(
        impl Written for $ty {
            fn written(&self) -> Node {
                serialized(self).into()
            }
        }
    )*};
}

written!(bool, u16, u32, u64, f64, String, BTreeMap<String, f64>, Value);
written!(serde_json::Map<String, Value>);

/// In the order of its fields.
impl Written for AutoscalingConfig {
    fn written(&self) -> Node {
        let mut fields = serialized(self);
        let options = AutoscalingOption::ALL.iter();
        let fields = options.filter_map(|option| {
            let name = option.spec().name;
            let value = fields.get_mut(name)?.take();
            Some((name, Node::from(value)))
        });
        Node::map(fields.collect::<Vec<_>>())
    }
}

/// None of these types fails.
fn serialized<T: Serialize>(value: &T) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}
