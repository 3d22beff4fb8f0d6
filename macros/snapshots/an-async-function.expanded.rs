async fn find_page(question: &str) -> Result<Page, Error> {
    let (__ret, __call) = ::taximeter::__private::observed(
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
            async move {
                if false {
                    return ::taximeter::__private::typed::<Result<Page, Error>>();
                }
                {
                    search(question).await
                }
            },
        )
        .await;
    __call.close(::taximeter::__private::result_of(&__ret).verdict());
    __ret
}
