#![deny(warnings, unused, future_incompatible, nonstandard_style, let_underscore, rust_2018_idioms)]
#![deny(missing_docs, unreachable_pub, unused_qualifications, unused_lifetimes, single_use_lifetimes, unused_results)]
#![deny(trivial_casts, trivial_numeric_casts, elided_lifetimes_in_paths, explicit_outlives_requirements, unsafe_code)]
//! A function has the lints of the bare one, each of them, and no others: an `#[expect]` is wrong when there is none.

use taximeter::observe;

fn main() {}

/// What is not used.
pub mod unused {
    use super::observe;

    #[observe]
    #[expect(unused_variables)]
    pub(crate) fn a_number(number: u8) {}

    #[observe]
    #[expect(unused_variables)]
    pub(crate) fn a_number_beside_a_value(number: u8, text: &str) -> usize {
        text.len()
    }

    #[observe]
    #[expect(unused_variables)]
    pub(crate) fn a_text(text: String) -> u8 {
        1
    }

    #[observe]
    #[expect(unused_variables)]
    pub(crate) fn a_text_of_two(text: String, used: String) -> usize {
        used.len()
    }

    #[observe]
    #[expect(unused_variables)]
    pub(crate) fn a_part_of_a_pattern((text, used): (String, String)) -> usize {
        used.len()
    }

    #[observe]
    #[expect(unused_variables)]
    pub(crate) fn a_part_of_what_is_left((text, used, ..): (String, String, String)) -> usize {
        used.len()
    }

    #[observe]
    #[expect(unused_variables)]
    pub(crate) fn a_generic<T>(value: T, _: String) -> u8 {
        1
    }

    #[observe]
    #[expect(unused_variables)]
    pub(crate) async fn a_number_later(number: u8) {}

    #[observe]
    #[expect(unused_variables)]
    pub(crate) async fn a_text_later(text: String) -> Result<u8, String> {
        Ok(1)
    }

    #[observe]
    #[expect(unused_variables)]
    pub(crate) async fn a_reference_later(text: &str, used: &str) -> usize {
        used.len()
    }

    #[observe]
    #[expect(unused_variables)]
    pub(crate) async fn a_part_of_a_pattern_later((text, used, ..): (String, String, String), other: String) -> usize {
        used.len() + other.len()
    }

    #[observe]
    #[expect(unused_variables)]
    pub(crate) fn a_local() -> u8 {
        let local = 1;
        2
    }

    #[observe]
    #[expect(unused_variables)]
    pub(crate) async fn a_local_later() -> u8 {
        let local = 1;
        2
    }

    #[observe]
    #[expect(unused_mut)]
    pub(crate) fn mut_of_a_number(mut number: u8) -> u8 {
        number
    }

    #[observe]
    #[expect(unused_mut)]
    pub(crate) fn mut_of_a_text(mut text: String, other: String) -> usize {
        text.len() + other.len()
    }

    #[observe]
    #[expect(unused_mut)]
    pub(crate) async fn mut_of_a_text_later(mut text: String, other: String) -> usize {
        text.len() + other.len()
    }

    #[observe]
    #[expect(unused_mut)]
    pub(crate) async fn mut_of_a_pattern_later((mut text, _): (String, String)) -> usize {
        text.len()
    }

    #[observe]
    pub(crate) fn mut_that_is_used(mut text: String, mut other: String, _: String) -> usize {
        text.push('a');
        other.push('b');
        text.len() + other.len()
    }

    #[observe]
    pub(crate) async fn mut_that_is_used_later(mut text: String, mut other: String, mut number: u8) -> usize {
        text.push('a');
        other.push('b');
        number += 1;
        text.len() + other.len() + usize::from(number)
    }

    #[observe]
    #[expect(unused_assignments)]
    pub(crate) fn the_number_that_came(mut number: u8) -> u8 {
        number = 1;
        number
    }

    #[observe]
    #[expect(unused_assignments)]
    pub(crate) fn the_text_that_came(mut text: String, other: String) -> usize {
        text = other;
        text.len()
    }

    #[observe]
    #[expect(unused_assignments)]
    pub(crate) async fn the_text_that_came_later(mut text: String, other: String) -> usize {
        text = other;
        text.len()
    }

    #[observe]
    #[expect(unused_must_use)]
    pub(crate) fn a_result() -> u8 {
        Ok::<u8, u8>(1);
        2
    }

    #[observe]
    #[expect(unused_must_use)]
    pub(crate) async fn a_future() -> u8 {
        a_local_later();
        2
    }

    #[observe]
    #[must_use]
    pub(crate) async fn what_must_be_used_later() -> u8 {
        1
    }

    #[observe]
    #[must_use]
    pub(crate) fn what_must_be_used() -> u8 {
        1
    }

    #[expect(unused_must_use)]
    pub(crate) fn a_value_that_must_be_used() {
        what_must_be_used();
    }

    #[expect(unused_must_use)]
    pub(crate) async fn a_value_that_must_be_used_later() {
        what_must_be_used_later().await;
    }

    #[expect(unused_must_use)]
    pub(crate) fn a_future_of_ours() {
        a_text_later(String::new());
    }

    #[expect(unused_must_use)]
    pub(crate) async fn a_result_of_ours() {
        a_text_later(String::new()).await;
    }

    #[observe]
    #[expect(unused_results)]
    pub(crate) fn a_value() -> u8 {
        mut_of_a_number(1);
        2
    }

    #[observe]
    #[expect(unused_parens, unused_braces)]
    pub(crate) fn parentheses(number: u8) -> u8 {
        let more = (number + 1);
        { more }
    }

    #[observe]
    #[expect(unused_braces)]
    pub(crate) fn braces(number: u8) -> u8 {
        { number }
    }

    #[observe]
    #[expect(unused_lifetimes)]
    pub(crate) fn a_lifetime<'a>() -> u8 {
        1
    }

    #[observe]
    #[expect(unused_lifetimes)]
    pub(crate) async fn a_lifetime_later<'a>() -> u8 {
        1
    }

    #[observe]
    #[expect(single_use_lifetimes)]
    pub(crate) fn the_name_of_a_lifetime<'a>(text: &'a str) -> usize {
        text.len()
    }

    #[observe]
    #[expect(single_use_lifetimes)]
    pub(crate) async fn the_name_of_a_lifetime_later<'a>(text: &'a str) -> usize {
        text.len()
    }

    #[expect(dead_code)]
    mod dead {
        #[taximeter::observe]
        fn alone() -> u8 {
            1
        }
    }

    #[expect(dead_code)]
    mod dead_later {
        #[taximeter::observe]
        async fn alone() -> u8 {
            1
        }
    }
}

/// What cannot be reached, or goes on for ever.
pub mod flow {
    use super::observe;

    #[observe]
    #[expect(unreachable_code)]
    pub(crate) fn after_a_return(number: u8) -> u8 {
        return number;
        1
    }

    #[observe]
    #[expect(unreachable_code)]
    pub(crate) async fn after_a_return_later(number: u8) -> u8 {
        return number;
        1
    }

    #[observe]
    #[expect(unreachable_code)]
    pub(crate) fn after_a_panic() {
        panic!("never");
        println!("after");
    }

    #[observe]
    #[expect(unused_variables)]
    pub(crate) fn to_do(text: String) -> Result<u8, String> {
        todo!()
    }

    #[observe]
    #[expect(unused_variables)]
    pub(crate) async fn to_do_later(text: String) -> Result<u8, String> {
        todo!()
    }

    #[observe]
    pub(crate) fn never() -> ! {
        panic!("never")
    }

    #[observe]
    #[expect(unconditional_recursion)]
    pub(crate) fn for_ever(depth: u8) {
        for_ever(depth);
    }

    #[observe]
    #[expect(unconditional_recursion)]
    pub(crate) fn for_ever_with_a_value(depth: u8) -> u8 {
        println!("{depth}");
        for_ever_with_a_value(depth + 1)
    }

    pub(crate) struct Same;

    impl PartialEq for Same {
        #[observe]
        #[expect(unconditional_recursion)]
        fn eq(&self, other: &Same) -> bool {
            *self == *other
        }
    }

    #[observe]
    #[expect(while_true)]
    pub(crate) fn looping(number: u8) -> u8 {
        while true {
            if number > 1 {
                break;
            }
        }
        number
    }
}

/// How things are called.
pub mod style {
    use super::observe;

    #[observe]
    #[expect(non_snake_case)]
    pub(crate) fn Shouted(text: String) -> usize {
        text.len()
    }

    #[observe]
    #[expect(non_snake_case)]
    pub(crate) async fn ShoutedLater(text: String) -> usize {
        text.len()
    }

    #[observe]
    #[expect(non_snake_case)]
    pub(crate) fn argument(Text: String, other: String) -> usize {
        Text.len() + other.len()
    }

    #[observe]
    #[expect(non_snake_case)]
    pub(crate) async fn argument_later(Text: String, other: String) -> usize {
        Text.len() + other.len()
    }

    #[observe]
    #[expect(non_camel_case_types)]
    pub(crate) fn generic<t: Into<u8>>(value: t) -> u8 {
        value.into()
    }
}

/// What everybody sees.
pub mod visible {
    use super::observe;

    #[observe]
    #[expect(missing_docs)]
    pub fn undocumented() -> u8 {
        1
    }

    #[observe]
    #[expect(missing_docs)]
    pub async fn undocumented_later() -> u8 {
        1
    }

    /// Waits in public.
    pub trait Waiting {
        /// With itself.
        #[observe]
        #[expect(async_fn_in_trait)]
        async fn wait(&self) -> u8 {
            1
        }

        /// With its own kind.
        #[observe]
        #[expect(async_fn_in_trait)]
        async fn meet(other: Self) -> u8
        where
            Self: Sized,
        {
            let _ = other.wait().await;
            1
        }
    }

    mod private {
        #[taximeter::observe]
        #[expect(unreachable_pub)]
        pub fn unreachable() -> u8 {
            1
        }

        #[taximeter::observe]
        #[expect(unreachable_pub)]
        pub async fn unreachable_later() -> u8 {
            1
        }
    }

    pub(crate) fn reach() {
        let _ = private::unreachable();
        drop(private::unreachable_later());
    }

    /// Borrows.
    #[derive(Debug)]
    pub struct Page<'a>(pub &'a str);

    /// Hides that it borrows.
    #[observe]
    #[expect(elided_lifetimes_in_paths)]
    pub fn hidden(page: Page) -> usize {
        page.0.len()
    }
}

/// What stands in a body.
pub mod bodies {
    use super::observe;

    #[deprecated]
    fn old() -> u8 {
        1
    }

    #[observe]
    #[expect(deprecated)]
    pub(crate) fn calls_what_is_old() -> u8 {
        old()
    }

    #[observe]
    #[expect(deprecated)]
    pub(crate) async fn calls_what_is_old_later() -> u8 {
        old()
    }

    #[observe]
    #[expect(trivial_numeric_casts)]
    pub(crate) fn casts(number: u8) -> u8 {
        number as u8
    }

    #[observe]
    #[expect(unused_qualifications)]
    pub(crate) fn qualifies() -> String {
        std::string::String::new()
    }

    #[observe]
    #[expect(let_underscore_drop)]
    pub(crate) async fn drops(text: String) -> u8 {
        let _ = Box::new(text.len());
        1
    }

    #[observe]
    #[expect(unsafe_code)]
    pub(crate) fn reads(place: &u8) -> u8 {
        // SAFETY: it is a reference.
        unsafe { *std::ptr::from_ref(place) }
    }

    #[observe]
    #[expect(unsafe_code)]
    pub(crate) async unsafe fn promises() -> u8 {
        1
    }

    #[observe]
    #[expect(unsafe_code, unused_unsafe)]
    pub(crate) async fn promises_nothing() -> u8 {
        unsafe { 1 }
    }
}

/// Uses what is above.
pub fn uses() {
    use bodies::*;
    use flow::*;
    use style::*;
    use unused::*;
    fn used<T>(_: T) {}
    used((a_number, a_number_beside_a_value, a_text, a_text_of_two, a_part_of_a_pattern, a_part_of_what_is_left));
    used((a_generic::<u8>, a_number_later, a_text_later, a_reference_later, a_part_of_a_pattern_later, a_local));
    used((a_local_later, mut_of_a_number, mut_of_a_text, mut_of_a_text_later, mut_of_a_pattern_later));
    used((mut_that_is_used, mut_that_is_used_later, the_number_that_came, the_text_that_came));
    used((the_text_that_came_later, a_result, a_future, a_value_that_must_be_used, a_value_that_must_be_used_later));
    used((a_future_of_ours, a_result_of_ours, a_value, parentheses, braces, a_lifetime, a_lifetime_later));
    used((the_name_of_a_lifetime, the_name_of_a_lifetime_later));
    used((after_a_return, after_a_return_later, after_a_panic, to_do, to_do_later, for_ever, looping));
    used((for_ever_with_a_value, Same == Same));
    let _: fn() -> ! = never;
    used((Shouted, ShoutedLater, argument, argument_later, generic::<u8>, visible::reach));
    used((calls_what_is_old, calls_what_is_old_later, casts, qualifies, drops, reads, promises_nothing));
    let _: unsafe fn() -> _ = promises;
}
