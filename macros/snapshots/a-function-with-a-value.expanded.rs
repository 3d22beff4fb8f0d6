fn find_page<'a>(
    pages: &'a mut Vec<Page>,
    question: &str,
) -> Result<&'a mut Page, Error> {
    let __call = ::taximeter::__private::enter(
        ::taximeter::__private::open({
            #[::taximeter::__private::linkme::distributed_slice(
                ::taximeter::__private::SITES
            )]
            #[linkme(crate = ::taximeter::__private::linkme)]
            static __TAXIMETER_SITE: ::taximeter::__private::Site = ::taximeter::__private::Site::new(
                &__TAXIMETER_SITE,
                ::core::module_path!(),
                "find_page",
                ::core::file!(),
                ::core::line!(),
            );
            &__TAXIMETER_SITE
        }),
    );
    let __ret = ::taximeter::__private::run::<
        Result<&'a mut Page, Error>,
    >(move || {
        let place = search(pages, question)?;
        Ok(&mut pages[place])
    });
    __call.close(::taximeter::__private::result_of(&__ret).verdict());
    __ret
}
