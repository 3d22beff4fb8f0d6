fn place(
    order: &Order,
    request: &Request,
    tier: Tier,
    tenant: &Tenant,
) -> Result<(), Error> {
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
                .workflow();
            &__TAXIMETER_SITE
        },
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
    let __call = ::taximeter::__private::enter(__open);
    let __ret = ::taximeter::__private::run::<
        Result<(), Error>,
    >(move || { send(order) });
    __call.close(::taximeter::__private::result_of(&__ret).verdict());
    __ret
}
