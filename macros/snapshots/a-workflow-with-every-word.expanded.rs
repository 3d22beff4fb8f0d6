fn place(
    order: &Order,
    request: &Request,
    tier: Tier,
    tenant: &Tenant,
) -> Result<(), Error> {
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
        .with(&::taximeter::__private::Said::nothing().named("orders.place").workflow());
    let __open = ::taximeter::__private::open_with(
        &__TAXIMETER_SITE,
        |__open| {
            __open.id(|| &order.id);
            __open.correlation_id(|| request.id());
            __open.feature("checkout");
            __open.data("user_tier", || &tier);
            __open.data_display("size", || &order.size);
            __open.data_debug("all", || &order);
            __open.baggage("tenant", || &tenant.name);
        },
    );
    ::taximeter::__private::run::<
        Result<(), Error>,
    >(
        __open,
        move || {
            let _ = &tier;
            {
                send(order)
            }
        },
        ::taximeter::__private::returns::<Result<(), Error>>().close(),
    )
}
