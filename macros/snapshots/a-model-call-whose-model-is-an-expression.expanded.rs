fn ask(request: Request) -> Result<Answer, Error> {
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
        .with(
            &::taximeter::__private::Said::nothing()
                .llm(
                    ::taximeter::__private::LlmSpec::new(
                        "unknown",
                        ::core::option::Option::None,
                        ::core::option::Option::None,
                    ),
                ),
        );
    let __open = ::taximeter::__private::open_with(
        &__TAXIMETER_SITE,
        |__open| {
            __open.model(|| &request.model);
        },
    );
    let __call = ::taximeter::__private::enter(__open);
    let __ret: Result<Answer, Error> = {
        client().ask(request)
    };
    __call
        .end_with(
            __ret,
            ::taximeter::__private::work_of::<Result<Answer, Error>>()
                .future()
                .error()
                .by(move |__call, __ret| {
                    __call
                        .close_llm(
                            ::taximeter::__private::result_of(__ret).verdict(),
                            ::taximeter::__private::answer_of(__ret).reading(),
                        );
                }),
        )
}
