fn place(
    order: &Order,
    #[cfg(feature = "currency")]
    currency: Currency,
) -> Result<Option<Receipt>, Error> {
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
            "place",
            "src/lib.rs",
            1,
        )
        .with(
            &::taximeter::__private::Said::nothing()
                .named("orders.place")
                .kind("server")
                .level(::taximeter::__private::Level::DEBUG)
                .target("shop")
                .fields(&["user.id", "size", "address", "note", "currency", "ret"])
                .labels(&["tier", "retried"])
                .buckets(&[0.1f64, 1f64, 2.5f64]),
        );
    let __open = ::taximeter::__private::open_with(
        &__TAXIMETER_SITE,
        |__open| {
            __open.label(|| &order.tier);
            __open.label(|| order.attempt() > 1);
            __open.value(0, || &order.user);
            __open.value(1, || order.items.len());
            __open.display(2, || &order.address);
            __open.debug(3, || &order.note);
            #[cfg(feature = "currency")] __open.debug(4, || &currency);
            __open.parent(|| &order.span);
            __open.follows_from(|| order.causes());
        },
    );
    ::taximeter::__private::run::<
        Result<Option<Receipt>, Error>,
    >(
        __open,
        move || { order.book(currency) },
        move |__call, __ret: &Result<Option<Receipt>, Error>| {
            __call.capture_ret(5, __ret);
            __call
                .close(
                    ::taximeter::__private::ok_if(
                        __ret,
                        is_expected,
                        || ::taximeter::__private::with_error_type(
                            ::taximeter::__private::none_is_error(
                                ::taximeter::__private::result_of(__ret).verdict(),
                                __ret,
                            ),
                            __ret,
                            |error| error.code(),
                        ),
                    ),
                );
        },
    )
}
