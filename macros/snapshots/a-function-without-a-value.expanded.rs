pub(crate) fn clear(cache: &mut Cache) {
    let __call = ::taximeter::__private::enter(
        ::taximeter::__private::open({
            #[::taximeter::__private::linkme::distributed_slice(
                ::taximeter::__private::SITES
            )]
            #[linkme(crate = ::taximeter::__private::linkme)]
            static __TAXIMETER_SITE: ::taximeter::__private::Site = ::taximeter::__private::Site::new(
                    &__TAXIMETER_SITE,
                    ::core::module_path!(),
                    "clear",
                    ::core::file!(),
                    ::core::line!(),
                )
                .named("cache.clear");
            &__TAXIMETER_SITE
        }),
    );
    {
        cache.entries.clear();
        cache.size = 0;
    }
}
