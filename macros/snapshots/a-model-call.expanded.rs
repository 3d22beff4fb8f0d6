async fn ask(question: &str) -> Result<Answer, Error> {
    let (__ret, __call) = ::taximeter::__private::observed(
            ::taximeter::__private::open({
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
                    .asynchronous()
                    .llm(
                        ::taximeter::__private::LlmSpec::new(
                            "openai",
                            ::core::option::Option::Some("gpt-4o-mini"),
                            ::core::option::Option::Some(FEATURE),
                        ),
                    );
                &__TAXIMETER_SITE
            }),
            async move {
                if false {
                    return ::taximeter::__private::typed::<Result<Answer, Error>>();
                }
                {
                    client().ask(question).await
                }
            },
        )
        .await;
    __call
        .close_llm(
            ::taximeter::__private::result_of(&__ret).verdict(),
            ::taximeter::__private::answer_of(&__ret).reading(),
        );
    __ret
}
