//! What is accepted, and probably not meant.

use proc_macro2::{Ident, TokenStream};
use quote::quote_spanned;
use syn::{FnArg, ReceiverKind, Type};

use crate::item::Function;
use crate::plan::Plan;

/// Says what the attribute measures, where that is not what it seems.
///
/// `is_blind` when the body has a way out that nobody sees.
pub(crate) fn of(plan: &Plan, function: &Function, is_blind: bool) -> TokenStream {
    // A `poll` is called many times for one piece of work.
    let per_poll = is_poll(function).then(|| warn(plan, "PER_POLL", PER_POLL));
    let early_return = is_blind.then(|| warn(plan, "EARLY_RETURN", EARLY_RETURN));
    per_poll.into_iter().chain(early_return).collect()
}

const PER_POLL: &str = "this measures each poll and not the whole work; put the attribute on the function that makes the \
                        future, or write `#[allow(deprecated)]` here";
const EARLY_RETURN: &str = "a `return` or `?` in a macro call of this method counts as a success, because of its \
                            `#[track_caller]`; put it outside of the macro call, or write `#[allow(deprecated)]` here";

// Output: a macro has no other way to warn than to use something deprecated.
//     { #[deprecated(note = "..")] const PER_POLL: () = (); PER_POLL }
fn warn(plan: &Plan, name: &str, note: &str) -> TokenStream {
    let name = Ident::new(name, plan.span);
    quote_spanned! {plan.span=>
        {
            #[deprecated(note = #note)]
            const #name: () = ();
            #name
        }
    }
}

/// `fn poll(self: Pin<&mut Self>, ..)`, also `poll_next` and its kin.
fn is_poll(function: &Function) -> bool {
    let name = function.signature.ident.to_string();
    let is_pinned = |argument: &FnArg| match argument {
        FnArg::Receiver(receiver) => matches!(&receiver.kind, ReceiverKind::Typed(_, ty) if is_pin(ty)),
        FnArg::Typed(_) => false,
    };
    (name == "poll" || name.starts_with("poll_")) && function.signature.inputs.first().is_some_and(is_pinned)
}

fn is_pin(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Pin"))
}
