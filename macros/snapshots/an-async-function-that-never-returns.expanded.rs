async fn serve(socket: &Socket) -> ! {
    match ::taximeter::__private::observed(
            ::taximeter::__private::open({
                #[::taximeter::__private::linkme::distributed_slice(
                    ::taximeter::__private::SITES
                )]
                #[linkme(crate = ::taximeter::__private::linkme)]
                static __TAXIMETER_SITE: ::taximeter::__private::Site = ::taximeter::__private::Site::new(
                        &__TAXIMETER_SITE,
                        ::core::module_path!(),
                        "serve",
                        ::core::file!(),
                        ::core::line!(),
                    )
                    .asynchronous();
                &__TAXIMETER_SITE
            }),
            async move {
                if false {
                    return ::taximeter::__private::typed::<
                        ::core::convert::Infallible,
                    >();
                }
                {
                    loop {
                        socket.answer().await;
                    }
                }
            },
        )
        .await
        .0
    {}
}
