fn place(
    order: &Order,
    #[cfg(feature = "currency")]
    currency: Currency,
) -> Result<Option<Receipt>, Error> {
    let __open = ::taximeter::__private::open_with(
        {
            #[::taximeter::__private::linkme::distributed_slice(
                ::taximeter::__private::SITES
            )]
            #[linkme(crate = ::taximeter::__private::linkme)]
            static __TAXIMETER_SITE: ::taximeter::__private::Site = ::taximeter::__private::Site::new(
                    &__TAXIMETER_SITE,
                    ::core::module_path!(),
                    "place",
                    ::core::file!(),
                    ::core::line!(),
                )
                .named("orders.place")
                .kind("server")
                .level(::taximeter::__private::Level::DEBUG)
                .target("shop")
                .fields(&["user.id", "size", "address", "note", "currency", "ret"])
                .labels(&["tier", "retried"])
                .buckets(&[0.1f64, 1f64, 2.5f64]);
            &__TAXIMETER_SITE
        },
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
    let __call = ::taximeter::__private::enter(__open);
    let __ret = ::taximeter::__private::run::<
        Result<Option<Receipt>, Error>,
    >(move || {
        #[cfg(feature = "currency")]
        let _ = &currency;
        {
            order.book(currency)
        }
    });
    __call.capture_ret(5, &__ret);
    __call
        .close(
            ::taximeter::__private::ok_if(
                &__ret,
                is_expected,
                || ::taximeter::__private::with_error_type(
                    ::taximeter::__private::none_is_error(
                        ::taximeter::__private::result_of(&__ret).verdict(),
                        &__ret,
                    ),
                    &__ret,
                    |error| error.code(),
                ),
            ),
        );
    __ret
}
