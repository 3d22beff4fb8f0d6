fn find_page<'a>(
    pages: &'a mut Vec<Page>,
    question: &str,
) -> Result<&'a mut Page, Error> {
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
    );
    ::taximeter::__private::call(
        &__TAXIMETER_SITE,
        ::taximeter::__private::returns::<Result<&'_ mut Page, Error>>().close(),
        move || {
            let place = search(pages, question)?;
            Ok(&mut pages[place])
        },
    )
}
