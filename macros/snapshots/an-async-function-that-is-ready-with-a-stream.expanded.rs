async fn words(question: &str) -> Result<BoxStream<'static, Word>, Error> {
    let (__ret, __call) = ::taximeter::__private::observed(
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
                    .asynchronous();
                &__TAXIMETER_SITE
            }),
            async move {
                if false {
                    return ::taximeter::__private::typed::<
                        Result<BoxStream<'static, Word>, Error>,
                    >();
                }
                {
                    Ok(open(question).await?.boxed())
                }
            },
        )
        .await;
    match __ret {
        ::core::result::Result::Ok(__ret) => {
            ::core::result::Result::Ok(
                ::taximeter::__private::boxed(
                    ::taximeter::__private::stream_of(
                        __call,
                        __ret,
                        move |__ret: &Word| {
                            ::taximeter::__private::result_of(__ret).verdict()
                        },
                    ),
                ),
            )
        }
        ::core::result::Result::Err(__error) => {
            let __ret = ::core::result::Result::<
                ::core::convert::Infallible,
                _,
            >::Err(__error);
            __call.close(::taximeter::__private::result_of(&__ret).verdict());
            let ::core::result::Result::Err(__error) = __ret;
            ::core::result::Result::Err(__error)
        }
    }
}
