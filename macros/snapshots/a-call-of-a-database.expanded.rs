#[cfg_attr(doc, ::taximeter::__private::asynchronous)]
fn find(shard: u8) -> impl ::core::future::Future<Output = Result<Vec<User>, Error>> {
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
            "find",
            "src/lib.rs",
            1,
        )
        .asynchronous()
        .with(
            &::taximeter::__private::Said::nothing()
                .kind("client")
                .fields(
                    &[
                        "shard",
                        "db.system.name",
                        "db.operation.name",
                        "db.collection.name",
                        "db.query.text",
                        "db.response.returned_rows",
                    ],
                ),
        );
    ::taximeter::__private::asking(
        async move {
            if false {
                return ::taximeter::__private::typed::<Result<Vec<User>, Error>>();
            }
            let __open = ::taximeter::__private::open_with(
                &__TAXIMETER_SITE,
                |__open| {
                    __open.value(0, || &shard);
                    __open.value(1, || "postgresql");
                    __open.value(2, || "SELECT");
                    __open.value(3, || "users");
                    __open.statement(4, || &SQL);
                },
            );
            let __given = ::taximeter::__private::give(__open);
            __given.await;
            {
                pool(shard).fetch(SQL).await
            }
        },
        move |__call, __ret: &Result<Vec<User>, Error>| {
            __call.count_rows(5, ::taximeter::__private::rows_of(__ret).rows());
            __call.close(::taximeter::__private::result_of(__ret).verdict());
        },
    )
}
