fn open(key: &str) -> Result<BoxFuture<'static, impl Display>, Error> {
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
            "open",
            "src/lib.rs",
            1,
        )
        .asynchronous();
    let (__ret, __call) = ::taximeter::__private::begin::<
        Result<BoxFuture<'static, _>, Error>,
    >(
        ::taximeter::__private::open(&__TAXIMETER_SITE),
        move || { Ok(async { 1 }.boxed()) },
    );
    match __ret {
        ::core::result::Result::Ok(__ret) => {
            ::core::result::Result::Ok(
                ::taximeter::__private::boxed(
                    ::taximeter::__private::future_of(
                        __call,
                        __ret,
                        move |__call, __ret: &_| {
                            __call
                                .close(::taximeter::__private::result_of(__ret).verdict());
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
