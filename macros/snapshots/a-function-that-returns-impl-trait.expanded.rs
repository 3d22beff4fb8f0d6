fn longer_than(limit: usize) -> impl Fn(&str) -> bool {
    let __call = ::taximeter::__private::enter(
        ::taximeter::__private::open({
            #[::taximeter::__private::linkme::distributed_slice(
                ::taximeter::__private::SITES
            )]
            #[linkme(crate = ::taximeter::__private::linkme)]
            static __TAXIMETER_SITE: ::taximeter::__private::Site = ::taximeter::__private::Site::new(
                &__TAXIMETER_SITE,
                ::core::module_path!(),
                "longer_than",
                ::core::file!(),
                ::core::line!(),
            );
            &__TAXIMETER_SITE
        }),
    );
    {
        move |text| text.len() > limit
    }
}
