fn ask(request: Request) -> Result<Answer, Error> {
    let __open = ::taximeter::__private::open_with(
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
                    ::taximeter::__private::LlmSpec::new(
                        "unknown",
                        ::core::option::Option::None,
                        ::core::option::Option::None,
                    ),
                );
            &__TAXIMETER_SITE
        },
        |__open| {
            __open.model(|| &request.model);
        },
    );
    let __call = ::taximeter::__private::enter(__open);
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
