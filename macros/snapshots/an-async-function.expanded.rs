#[cfg_attr(doc, ::taximeter::__private::asynchronous)]
fn find_page(
    question: &str,
) -> impl ::core::future::Future<Output = Result<Page, Error>> {
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
    ::taximeter::__private::observed_to(
        &__TAXIMETER_SITE,
        async move {
            if false {
                return ::taximeter::__private::typed::<Result<Page, Error>>();
            }
            {
                search(question).await
            }
        },
        ::taximeter::__private::work_of::<Result<Page, Error>>().stream().error().close(),
    )
}
