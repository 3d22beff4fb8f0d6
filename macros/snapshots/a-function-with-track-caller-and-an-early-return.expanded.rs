#[track_caller]
pub fn first<T: Clone>(pages: &[T], __argument1: (usize, Guard)) -> Result<T, Empty> {
    #[used]
    #[cfg_attr(windows, unsafe(link_section = ".txmsite$b"))]
    #[cfg_attr(
        target_vendor = "apple",
        unsafe(link_section = "__DATA,__taximeter,regular,no_dead_strip")
    )]
    #[cfg_attr(
        not(any(windows, target_vendor = "apple", target_family = "wasm")),
        unsafe(link_section = "set_taximeter")
    )]
    static __TAXIMETER_SITE: ::taximeter::__private::Site = ::taximeter::__private::Site::new(
        ::core::module_path!(),
        "first",
        "src/lib.rs",
        1,
    );
    #[track_caller]
    fn __taximeter_body<T: Clone>(
        pages: &[T],
        (from, _): (usize, Guard),
    ) -> Result<T, Empty> {
        let page = pages.get(from).ok_or(Empty)?;
        Ok(page.clone())
    }
    let __call = ::taximeter::__private::guard(&__TAXIMETER_SITE);
    let __ret: Result<T, Empty> = __taximeter_body::<T>(pages, __argument1);
    __call
        .end_with(
            __ret,
            ::taximeter::__private::work_of::<Result<T, Empty>>().kind().error().close(),
        )
}
