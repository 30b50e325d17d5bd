//! Types that a `macro_rules!` passes on as one token, `$output:ty`: the type itself is what they mean.

use syn::visit_mut::{self, VisitMut};
use syn::{Block, Type};

/// Replaces such types by what is in them, in signatures; bodies stay as they are, except for a graph's.
pub(crate) struct Ungroup;

impl VisitMut for Ungroup {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        while let Type::Group(group) = ty {
            *ty = (*group.elem).clone();
        }
        visit_mut::visit_type_mut(self, ty);
    }
}

/// The same, without function bodies.
pub(crate) struct UngroupSignatures;

impl VisitMut for UngroupSignatures {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        Ungroup.visit_type_mut(ty);
    }

    fn visit_block_mut(&mut self, _: &mut Block) {}
}
