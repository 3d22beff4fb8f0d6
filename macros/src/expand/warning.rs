//! What is accepted, and probably not meant.

use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::{FnArg, ReceiverKind, Type};

use crate::item::Function;
use crate::plan::Plan;

// Output: a macro has no other way to warn than to use something deprecated.
//     { #[deprecated(note = "..")] const PER_POLL: () = (); PER_POLL }
/// A `poll` is called many times for one piece of work.
pub(crate) fn of(plan: &Plan, function: &Function) -> Option<TokenStream> {
    is_poll(function).then(|| {
        quote_spanned! {plan.span=>
            {
                #[deprecated(note = "this measures each poll and not the whole work; put the attribute on the function \
                    that makes the future, or write `#[allow(deprecated)]` here")]
                const PER_POLL: () = ();
                PER_POLL
            }
        }
    })
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
