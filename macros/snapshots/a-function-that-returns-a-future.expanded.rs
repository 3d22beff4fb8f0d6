fn find_page(question: &str) -> BoxFuture<'static, Result<Page, Error>> {
    let (__ret, __call) = ::taximeter::__private::begin::<
        BoxFuture<'static, Result<Page, Error>>,
    >(
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
                )
                .asynchronous();
            &__TAXIMETER_SITE
        }),
        move || {
            let question = question.to_owned();
            Box::pin(async move { search(&question).await })
        },
    );
    ::taximeter::__private::boxed(
        ::taximeter::__private::future_of(
            __call,
            __ret,
            move |__call, __ret: &Result<Page, Error>| {
                __call.close(::taximeter::__private::result_of(__ret).verdict());
            },
        ),
    )
}
