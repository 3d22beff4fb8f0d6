#[cfg_attr(doc, ::taximeter::__private::asynchronous)]
fn find_page(
    question: &str,
    pages: Vec<Page>,
) -> impl ::core::future::Future<Output = Result<u64, Error>> {
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
        .asynchronous()
        .with(&::taximeter::__private::Said::nothing().fields(&["question", "pages"]));
    ::taximeter::__private::asking(
        async move {
            if false {
                return ::taximeter::__private::typed::<Result<u64, Error>>();
            }
            let __open = ::taximeter::__private::open_with(
                &__TAXIMETER_SITE,
                |__open| {
                    __open.value(0, || &question);
                    __open.value(1, || pages.len());
                },
            );
            let __given = ::taximeter::__private::give(__open);
            __given.await;
            {
                search(question, pages).await
            }
        },
        ::taximeter::__private::returns::<Result<u64, Error>>().close(),
    )
}
