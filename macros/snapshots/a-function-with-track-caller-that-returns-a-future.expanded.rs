#[track_caller]
fn fetch(id: u32) -> impl Future<Output = Result<Page, Error>> {
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
            "fetch",
            "src/lib.rs",
            1,
        )
        .asynchronous();
    let mut __call = ::taximeter::__private::open(&__TAXIMETER_SITE);
    let __stretch = __call.stretch();
    let __ret = {
        let caller = Location::caller();
        async move { load(id, caller).await }
    };
    __stretch.done();
    ::taximeter::__private::future_of(
        __call,
        __ret,
        ::taximeter::__private::returns::<Result<Page, Error>>().close(),
    )
}
