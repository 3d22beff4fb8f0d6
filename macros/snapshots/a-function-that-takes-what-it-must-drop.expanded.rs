fn store(
    _lock: Guard,
    page: Page,
    #[cfg(feature = "audit")]
    audit: Audit,
    unused: Vec<u8>,
    size: usize,
) -> usize {
    let __call = ::taximeter::__private::enter(
        ::taximeter::__private::open({
            #[::taximeter::__private::linkme::distributed_slice(
                ::taximeter::__private::SITES
            )]
            #[linkme(crate = ::taximeter::__private::linkme)]
            static __TAXIMETER_SITE: ::taximeter::__private::Site = ::taximeter::__private::Site::new(
                &__TAXIMETER_SITE,
                ::core::module_path!(),
                "store",
                ::core::file!(),
                ::core::line!(),
            );
            &__TAXIMETER_SITE
        }),
    );
    let __ret = ::taximeter::__private::run::<
        usize,
    >(move || {
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
    });
    __call.close(::taximeter::__private::result_of(&__ret).verdict());
    __ret
}
