#[cfg_attr(doc, crate::house::__private::asynchronous)]
fn wait(until: Instant) -> impl ::core::future::Future<Output = ()> {
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
    static __TAXIMETER_SITE: crate::house::__private::Site = crate::house::__private::Site::new(
            ::core::module_path!(),
            "wait",
            "src/lib.rs",
            1,
        )
        .asynchronous();
    crate::house::__private::observed(
        &__TAXIMETER_SITE,
        async move {
            if false {
                return crate::house::__private::typed::<()>();
            }
            {
                sleep_until(until).await;
            }
        },
        crate::house::__private::returns::<()>().close(),
    )
}
