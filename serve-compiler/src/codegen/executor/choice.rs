//! `match` and `if`: selects the arm of a request, once.

use proc_macro2::{Delimiter, Group, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

use super::Context;
use super::lend::Lend;
use super::operand::{self, Matched, slot};
use super::step::{all, all_here, choice_state, on_arm, put_parts};
use crate::codegen::path::{runtime_path, runtime_path_at};
use crate::ir::graph::{Arm, Branch, Choose, ChooseKind, Operand};
use crate::ir::id::{ArmId, Id};
use crate::syntax::pattern::only_looks;

/// Selects the arm when the matched value is there. Values that only other arms would have read are dropped.
pub(super) fn generate(context: Context<'_>, when: Option<Arm>, choose: &Choose) -> TokenStream {
    let state = choice_state(choose.choice);
    let rt = runtime_path();
    let open = std::iter::once(quote!(#rt::private::Choice::is_open(&#state)));
    let ready = all_here(std::slice::from_ref(&choose.value), context.entry);
    let ready = all(open.chain(on_arm(when)).chain(ready));
    let patterns = choose
        .branches
        .iter()
        .filter_map(|branch| branch.pattern.as_deref());
    let looks = choose.kind == ChooseKind::Match && patterns.into_iter().all(only_looks);
    let Matched {
        held,
        bindings,
        value,
        done,
        lend,
        is_lent,
    } = operand::matched(&choose.value, looks, context.entry);
    let decision = match choose.kind {
        ChooseKind::Match => {
            let arms = choose.branches.pairs();
            let arms = arms.map(|(arm, branch)| {
                let mut lend = lend.clone();
                self::arm(context, arm, branch, &mut lend, is_lent)
            });
            let span = choose.span;
            quote_spanned!(span=> match #value { #(#arms)* })
        }
        ChooseKind::If => {
            let parts = put_parts(context, &choose.branches[ArmId::new(0)].parts, &lend);
            let value = match &choose.value {
                Operand::Edge { at, .. } => {
                    let rt = runtime_path_at(at.span());
                    quote_spanned!(at.span()=> #rt::bounds::Condition::holds(#value))
                }
                Operand::Plain { .. } => value,
            };
            quote!(if #value { #parts 0usize } else { 1usize })
        }
    };
    let releases = releases(context, choose);
    let marks = context.marks.choice(choose.choice);
    quote! {
        if #ready {
            let __arm: usize = {
                #held
                let __arm = { #bindings #decision };
                #done
                __arm
            };
            #releases
            #rt::private::Choice::make(&mut #state, __arm);
            #marks
        }
    }
}

fn arm(
    context: Context<'_>,
    arm: ArmId,
    branch: &Branch,
    lend: &mut Lend,
    is_lent: bool,
) -> TokenStream {
    let mut pattern = branch.pattern.clone();
    if let Some(pattern) = &mut pattern {
        lend.bind(pattern, is_lent);
    }
    let guard = branch.guard.clone().map(|mut guard| {
        lend.take(&mut guard);
        quote!(if #guard)
    });
    let (pattern, parts) = (
        pattern.to_token_stream(),
        put_parts(context, &branch.parts, lend),
    );
    // It ends where the user's arm ends: rustc shows there how to add a missing arm.
    let mut decision = Group::new(Delimiter::Brace, quote!(#parts #arm));
    decision.set_span(branch.end);
    quote!(#pattern #guard => #decision)
}

fn releases(context: Context<'_>, choose: &Choose) -> TokenStream {
    let rt = runtime_path();
    let arms = choose.branches.pairs().filter_map(|(arm, branch)| {
        let shared = branch.releases.iter();
        let shared = shared.filter(|(edge, _)| context.entry.edges[*edge].is_shared());
        let releases: Vec<TokenStream> = shared
            .map(|(edge, reads)| {
                let slot = slot(*edge);
                quote!(#rt::private::Slot::release(&mut #slot, #reads);)
            })
            .collect();
        (!releases.is_empty()).then(|| quote!(#arm => { #(#releases)* }))
    });
    let arms: Vec<TokenStream> = arms.collect();
    if arms.is_empty() {
        return quote!();
    }
    quote!(match __arm { #(#arms)* _ => {} })
}
