//! A large region as several state machines, so that no function grows with the graph: the time of rustc grows
//! faster than the size of a function, and each wake would check every step.
//!
//! ```text
//! let mut shared_2 = (Once::new(), Choice::new());     // what part 2 shares with those after it
//! let mut nodes_2 = pin!(Nodes::before(Nodes::before(())));
//! let mut part_2 = part((Sig::of(&shared_0), (Sig::of(&shared_2), ())), &due,
//!     move |(shared_0, (shared_2, ())), due, cx| {
//!         let (edge_3, edge_7) = (&mut shared_0.5, &mut shared_2.0);
//!         let (call_9, rest) = nodes_2.as_mut().split();
//!         ..                                           // the steps, as in `mod.rs`, but that
//!         edge_7.put(value); due.add(4);               // a step in another part that waits is due
//!         if call_9.is_in_flight() || .. { due.add(2) }
//!         Pending
//!     });
//! ..
//! poll_fn(|cx| {
//!     while let Some(next) = due.take(from) {
//!         match next {
//!             2 => poll_part(&mut part_2, (&mut shared_0, (&mut shared_2, ())), &mut due, cx),
//!             ..
//!         }
//!     }
//! })
//! ```
//!
//! The slots that parts share are declared just before the part that writes them, so that rustc knows their
//! types when it reaches the next part: it visits every type that it does not know yet at every expression.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::{Ident, Type};

use super::Context;
use super::plan::Plan;
use super::region::Fill;
use super::step;
use super::{fan_out, order, region, unread};
use crate::codegen::path::runtime_path;
use crate::ir::graph::{Region, Step};

/// The maximum of steps in a region that stays in one piece.
const UNDIVIDED: usize = 32;
/// The maximum of steps in a part.
const STEPS: usize = 16;
/// The environment variable that sets another [`UNDIVIDED`]. Both forms of a region must accept the same programs and
/// do the same, so the tests of small graphs are run with it as well.
const SETTING: &str = "SERVE_MACROS_UNDIVIDED";

/// Whether a region of so many steps is divided.
pub(super) fn divides(steps: usize) -> bool {
    steps > undivided()
}

fn undivided() -> usize {
    let setting = std::env::var(SETTING).ok();
    let setting = setting.and_then(|steps| steps.parse().ok());
    setting.unwrap_or(UNDIVIDED)
}

/// Same as [`region::region`].
pub(super) fn generate(
    context: Context<'_>,
    region: &Region,
    fill: &Fill,
    wanted: Option<&Type>,
) -> TokenStream {
    let rt = runtime_path();
    let count = region.steps.len().div_ceil(STEPS.min(undivided()).max(1));
    let all = order::steps(region, &context.entry.edges);
    let steps: Vec<&[&Step]> = all.chunks(region.steps.len().div_ceil(count)).collect();
    let plan = Plan::new(&steps, region, &context.entry.edges);
    let marks = &plan.marks;
    let context = Context {
        marks,
        divided: true,
        ..context
    };
    let entry = context.entry;
    let given = plan.given(context, &fill.store);
    let captured = &fill.captured;
    let parts = (0..steps.len()).map(|part| self::part(context, &plan, part, steps[part]));
    let names = (0..steps.len()).map(name);
    let numbers = 0..steps.len();
    let shared_groups =
        (0..steps.len()).map(|part| plan.shared_groups(part, |group| quote!(&mut #group)));
    let words = steps.len().div_ceil(64);
    let output = plan.borrow(steps.len());
    let over = unread::all_over(region, entry);
    let answer = region::answer(&region.output, over, wanted, entry);
    let arrivals = fan_out::captured(region, entry).into_iter();
    let arrivals = arrivals.map(|edge| plan.arrival(edge));
    quote! {
        #captured
        #given
        let mut __due = #rt::private::Due::<#words>::new();
        let __turns = &#rt::private::Turns::new();
        #(#parts)*
        #rt::private::poll_fn(|__cx| -> #rt::private::Poll<#rt::Result<_>> {
            #(#arrivals)*
            #rt::private::Turns::begin(__turns);
            let mut __from = 0;
            while let #rt::private::Some(__next) = #rt::private::Due::take(&mut __due, __from) {
                __from = __next + 1;
                let __polled = match __next {
                    #(#numbers => #rt::private::poll_part(&mut #names, #shared_groups, &mut __due, __cx),)*
                    _ => #rt::private::Poll::Pending,
                };
                if let #rt::private::Poll::Ready(#rt::private::result::Result::Err(__error)) = __polled {
                    return #rt::private::Poll::Ready(#rt::private::result::Result::Err(__error));
                }
            }
            #output
            #answer
            #rt::private::Poll::Pending
        })
        .await
    }
}

fn name(part: usize) -> Ident {
    format_ident!("__part_{part}")
}

/// One part, with the calls that it makes.
fn part(context: Context<'_>, plan: &Plan, part: usize, steps: &[&Step]) -> TokenStream {
    let rt = runtime_path();
    let (name, nodes) = (name(part), format_ident!("__nodes_{part}"));
    let states: Vec<Ident> = steps
        .iter()
        .filter_map(|step| step::node(&step.action))
        .collect();
    let all = states.iter().fold(
        quote!(()),
        |rest, _| quote!(#rt::private::Nodes::before(#rest)),
    );
    let declared = plan.declare(context, part);
    let deliveries = fan_out::declare(steps);
    let of = plan.shared_groups(part, |group| quote!(#rt::private::Sig::of(&#group)));
    let shared_groups = plan.shared_groups(part, ToTokens::into_token_stream);
    let borrowed = plan.borrow(part);
    let in_flight = states
        .iter()
        .map(|state| quote!(#rt::private::Node::is_in_flight(&#state)));
    let in_flight = in_flight.reduce(|any, it| quote!(#any || #it));
    let still_due = in_flight.map(|any| quote!(if #any { #rt::private::Due::add(__due, #part); }));
    let steps = steps.iter().map(|step| region::step(context, step));
    quote! {
        #declared
        #deliveries
        let mut #nodes = #rt::private::pin::pin!(#all);
        let mut #name = #rt::private::part(#of, &__due, move |#shared_groups, __due, __cx| {
            #borrowed
            let __rest = #rt::private::Pin::as_mut(&mut #nodes);
            #(let (mut #states, __rest) = #rt::private::Nodes::split(__rest);)*
            #(#steps)*
            #still_due
            #rt::private::Poll::Pending
        });
    }
}
