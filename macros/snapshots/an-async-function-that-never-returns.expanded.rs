async fn serve(socket: &Socket) -> ! {
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
            "serve",
            "src/lib.rs",
            1,
        )
        .asynchronous();
    match ::taximeter::__private::observed(
            &__TAXIMETER_SITE,
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
            ::taximeter::__private::returns::<::core::convert::Infallible>().close(),
        )
        .await
    {}
}
