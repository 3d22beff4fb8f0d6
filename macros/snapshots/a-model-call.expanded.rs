#[cfg_attr(doc, ::taximeter::__private::asynchronous)]
fn ask(question: &str) -> impl ::core::future::Future<Output = Result<Answer, Error>> {
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
            "ask",
            "src/lib.rs",
            1,
        )
        .asynchronous()
        .with(
            &::taximeter::__private::Said::nothing()
                .llm(
                    ::taximeter::__private::LlmSpec::new(
                        "openai",
                        ::core::option::Option::Some("gpt-4o-mini"),
                        ::core::option::Option::Some(FEATURE),
                    ),
                ),
        );
    ::taximeter::__private::observed(
        &__TAXIMETER_SITE,
        async move {
            if false {
                return ::taximeter::__private::typed::<Result<Answer, Error>>();
            }
            {
                client().ask(question).await
            }
        },
        move |__call, __ret: &Result<Answer, Error>| {
            __call
                .close_llm(
                    ::taximeter::__private::result_of(__ret).verdict(),
                    ::taximeter::__private::answer_of(__ret).reading(),
                );
        },
    )
}
