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
    ::taximeter::__private::call_to::<
        BoxFuture<'static, Result<Page, Error>>,
    >(
        &__TAXIMETER_SITE,
        ::taximeter::__private::work_of::<BoxFuture<'static, Result<Page, Error>>>()
            .kind()
            .error()
            .close(),
        move || {
            let question = question.to_owned();
            Box::pin(async move { search(&question).await })
        },
    )
}
