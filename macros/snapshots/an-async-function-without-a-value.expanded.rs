async fn wait(until: Instant) {
    let (__ret, __call) = crate::house::__private::observed(
            crate::house::__private::open({
                #[crate::house::__private::linkme::distributed_slice(
                    crate::house::__private::SITES
                )]
                #[linkme(crate = crate::house::__private::linkme)]
                static __TAXIMETER_SITE: crate::house::__private::Site = crate::house::__private::Site::new(
                        &__TAXIMETER_SITE,
                        ::core::module_path!(),
                        "wait",
                        ::core::file!(),
                        ::core::line!(),
                    )
                    .asynchronous();
                &__TAXIMETER_SITE
            }),
            async move {
                let _ = &until;
                if false {
                    return crate::house::__private::typed::<()>();
                }
                {
                    sleep_until(until).await;
                }
            },
        )
        .await;
    __call.close(crate::house::__private::result_of(&__ret).verdict());
    __ret
}
