//! The body of such a method cannot be moved, and nobody knows what a macro makes of a `return`.

#![deny(warnings)]

macro_rules! unless {
    ($is_fine:expr, $leave:expr) => {
        if !$is_fine {
            $leave
        }
    };
}

struct Shop {
    pages: Vec<u8>,
}

impl Shop {
    #[taximeter::observe]
    #[track_caller]
    fn first(&self) -> Result<u8, String> {
        unless!(self.pages.len() > 1, return Err("one page".to_owned()));
        Ok(*self.pages.first().ok_or("no page")?)
    }
}

fn main() {
    let _ = Shop { pages: Vec::new() }.first();
}
