fn store(
    _lock: Guard,
    page: Page,
    #[cfg(feature = "audit")]
    audit: Audit,
    unused: Vec<u8>,
    size: usize,
) -> usize {
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
        "store",
        "src/lib.rs",
        1,
    );
    ::taximeter::__private::call(
        &__TAXIMETER_SITE,
        ::taximeter::__private::returns::<usize>().close(),
        move || {
            let unused = &unused;
            #[cfg(feature = "audit")]
            let _ = &audit;
            let _ = &page;
            #[allow(clippy::used_underscore_binding)]
            let _ = &_lock;
            {
                write(&page, size);
                #[cfg(feature = "audit")] audit.note(&page);
                size
            }
        },
    )
}
