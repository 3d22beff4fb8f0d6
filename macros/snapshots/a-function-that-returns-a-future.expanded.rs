fn find_page(question: &str) -> BoxFuture<'static, Result<Page, Error>> {
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
            "find_page",
            "src/lib.rs",
            1,
        )
        .asynchronous();
    let (__ret, __call) = ::taximeter::__private::begin::<
        BoxFuture<'static, Result<Page, Error>>,
    >(
        ::taximeter::__private::open(&__TAXIMETER_SITE),
        move || {
            let question = question.to_owned();
            Box::pin(async move { search(&question).await })
        },
    );
    ::taximeter::__private::boxed(
        ::taximeter::__private::future_of(
            __call,
            __ret,
            ::taximeter::__private::returns::<Result<Page, Error>>().close(),
        ),
    )
}
