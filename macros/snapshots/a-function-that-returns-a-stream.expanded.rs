fn words(question: &str) -> impl Stream<Item = Result<Word, Error>> + use<> {
    let (__ret, __call) = ::taximeter::__private::begin(
        ::taximeter::__private::open({
            #[::taximeter::__private::linkme::distributed_slice(
                ::taximeter::__private::SITES
            )]
            #[linkme(crate = ::taximeter::__private::linkme)]
            static __TAXIMETER_SITE: ::taximeter::__private::Site = ::taximeter::__private::Site::new(
                    &__TAXIMETER_SITE,
                    ::core::module_path!(),
                    "words",
                    ::core::file!(),
                    ::core::line!(),
                )
                .asynchronous()
                .llm(
                    ::taximeter::__private::LlmSpec::new(
                        "unknown",
                        ::core::option::Option::Some("gpt-4o"),
                        ::core::option::Option::None,
                    ),
                );
            &__TAXIMETER_SITE
        }),
        move || { stream::iter(split(question)) },
    );
    {
        let __notes = ::taximeter::__private::notes(&__call);
        ::taximeter::__private::stream_of(
            __call,
            __ret,
            move |__ret: &Result<Word, Error>| {
                ::taximeter::__private::chunk_of(__ret).note(&__notes);
                ::taximeter::__private::result_of(__ret).verdict()
            },
        )
    }
}
