fn ask(request: Request) -> Result<Answer, Error> {
    let __call = ::taximeter::__private::enter(
        ::taximeter::__private::open_model(
            {
                #[::taximeter::__private::linkme::distributed_slice(
                    ::taximeter::__private::SITES
                )]
                #[linkme(crate = ::taximeter::__private::linkme)]
                static __TAXIMETER_SITE: ::taximeter::__private::Site = ::taximeter::__private::Site::new(
                        &__TAXIMETER_SITE,
                        ::core::module_path!(),
                        "ask",
                        ::core::file!(),
                        ::core::line!(),
                    )
                    .llm(
                        "unknown",
                        ::core::option::Option::None,
                        ::core::option::Option::None,
                    );
                &__TAXIMETER_SITE
            },
            &(request.model),
        ),
    );
    let __ret = ::taximeter::__private::run::<
        Result<Answer, Error>,
    >(move || {
        let _ = &request;
        {
            client().ask(request)
        }
    });
    __call
        .close_llm(
            ::taximeter::__private::result_of(&__ret).verdict(),
            ::taximeter::__private::answer_of(&__ret).reading(),
        );
    __ret
}
