//! Every annotated function of the program, found by the linker.
//!
//! An expansion puts its [`Site`] into a section of the object file that no other code uses. The linker lays the parts
//! of a section side by side, from all objects, and gives names to its two ends. Between them lies an array of sites,
//! also of functions that are never called: that is why the metrics begin with zeros and not with holes.
//!
//! Where the linker does not do that, or where two copies of this crate would read each other's sites, a site is known
//! from its first call on.

// The names of the sections stand here and in `macros/src/expand/site.rs`.
#![expect(
    unsafe_code,
    reason = "the two ends of a section are foreign statics, and the array between them is a pointer"
)]

use crate::metrics::chain::Chain;
use crate::site::Site;

/// The sites that were called, where the linker lists none.
static MET: Chain<&Site> = Chain::new();

/// Every known site, in no particular order.
pub(crate) fn sites() -> impl Iterator<Item = &'static Site> {
    section::sites().iter().chain(MET.iter().copied())
}

/// Told of each site before its first call.
pub(crate) fn meet(site: &'static Site) {
    if section::sites().is_empty() {
        MET.find_or_push(|met| std::ptr::eq(*met, site), || site);
    }
}

/// What lies between two ends, each of which has this many elements of its own at the start.
///
/// # Safety
///
/// From `first` on lie initialised values of `T` without gaps, as many as fit before `last`, which live as long as the
/// program and are not written.
#[cfg_attr(any(target_family = "wasm", miri), allow(dead_code))]
unsafe fn between<T>(first: *const T, last: *const T, end: usize) -> &'static [T] {
    let count = (last.addr() - first.addr()) / size_of::<T>();
    // SAFETY: as the caller says. The compiler must not know the end, or it takes the static there for all there is.
    unsafe { std::slice::from_raw_parts(std::hint::black_box(first.add(end)), count - end) }
}

#[cfg(not(any(target_family = "wasm", miri)))]
mod section {
    #[cfg(windows)]
    use std::mem::MaybeUninit;

    use super::Site;

    // A linker names the ends of a section when it has something in it.
    #[used]
    #[cfg_attr(windows, unsafe(link_section = ".txmsite$b"))]
    #[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__taximeter,regular,no_dead_strip"))]
    #[cfg_attr(not(any(windows, target_vendor = "apple")), unsafe(link_section = "set_taximeter"))]
    static NO_SITES: [Site; 0] = [];

    /// One byte for each copy of this crate. Another copy may have another idea of what a site is.
    #[used]
    #[cfg_attr(windows, unsafe(link_section = ".txmcopy$b"))]
    #[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__taximeter_rt,regular,no_dead_strip"))]
    #[cfg_attr(not(any(windows, target_vendor = "apple")), unsafe(link_section = "set_taximeter_rt"))]
    static THIS_COPY: u8 = 1;

    #[cfg(not(windows))]
    unsafe extern "Rust" {
        #[cfg_attr(target_vendor = "apple", link_name = "\x01section$start$__DATA$__taximeter")]
        #[cfg_attr(not(target_vendor = "apple"), link_name = "__start_set_taximeter")]
        static FIRST_SITE: [Site; 0];
        #[cfg_attr(target_vendor = "apple", link_name = "\x01section$end$__DATA$__taximeter")]
        #[cfg_attr(not(target_vendor = "apple"), link_name = "__stop_set_taximeter")]
        static LAST_SITE: [Site; 0];
        #[cfg_attr(target_vendor = "apple", link_name = "\x01section$start$__DATA$__taximeter_rt")]
        #[cfg_attr(not(target_vendor = "apple"), link_name = "__start_set_taximeter_rt")]
        static FIRST_COPY: [u8; 0];
        #[cfg_attr(target_vendor = "apple", link_name = "\x01section$end$__DATA$__taximeter_rt")]
        #[cfg_attr(not(target_vendor = "apple"), link_name = "__stop_set_taximeter_rt")]
        static LAST_COPY: [u8; 0];
    }

    // There, parts are laid in the order of what follows the `$`, and an end is an element of its own.
    #[cfg(windows)]
    #[unsafe(link_section = ".txmsite$a")]
    static FIRST_SITE: MaybeUninit<Site> = MaybeUninit::uninit();
    #[cfg(windows)]
    #[unsafe(link_section = ".txmsite$c")]
    static LAST_SITE: MaybeUninit<Site> = MaybeUninit::uninit();
    #[cfg(windows)]
    #[unsafe(link_section = ".txmcopy$a")]
    static FIRST_COPY: u8 = 0;
    #[cfg(windows)]
    #[unsafe(link_section = ".txmcopy$c")]
    static LAST_COPY: u8 = 0;

    /// The elements of an end that are no part of what lies between the ends.
    const END: usize = if cfg!(windows) { 1 } else { 0 };

    pub(super) fn sites() -> &'static [Site] {
        let (first, last) = ((&raw const FIRST_COPY).cast::<u8>(), (&raw const LAST_COPY).cast::<u8>());
        if last.addr() - first.addr() != END + 1 {
            return &[];
        }
        let (first, last) = ((&raw const FIRST_SITE).cast::<Site>(), (&raw const LAST_SITE).cast::<Site>());
        // SAFETY: between the ends lie whole, initialised statics of type `Site` without gaps: only expansions of our
        // attributes put something into this section, `Site` is a multiple of its alignment, and this is the only copy
        // of the crate. Statics live as long as the program, and are shared by reference only.
        unsafe { super::between(first, last, END) }
    }
}

/// WebAssembly has sections, but no pointers in them. Miri has no linker.
#[cfg(any(target_family = "wasm", miri))]
mod section {
    use super::Site;

    pub(super) fn sites() -> &'static [Site] {
        &[]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Miri runs this, and not the walk over the section itself.
    #[test]
    fn between_two_ends_lies_what_is_not_an_end() {
        static ALL: [u64; 4] = [0, 1, 2, 3];
        let ends = ALL.as_ptr_range();
        // SAFETY: the two ends are those of an array that is a static.
        let (with_ends, without) = unsafe { (between(ends.start, ends.end, 0), between(ends.start, ends.end, 1)) };
        assert_eq!((with_ends, without), (&ALL[..], &ALL[1..]));
    }
}
