async fn find(shard: u8) -> Result<Vec<User>, Error> {
    let __open = ::taximeter::__private::open_with(
        {
            #[::taximeter::__private::linkme::distributed_slice(
                ::taximeter::__private::SITES
            )]
            #[linkme(crate = ::taximeter::__private::linkme)]
            static __TAXIMETER_SITE: ::taximeter::__private::Site = ::taximeter::__private::Site::new(
                    &__TAXIMETER_SITE,
                    ::core::module_path!(),
                    "find",
                    ::core::file!(),
                    ::core::line!(),
                )
                .asynchronous()
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
                );
            &__TAXIMETER_SITE
        },
        |__open| {
            __open.value(0, || &shard);
            __open.value(1, || "postgresql");
            __open.value(2, || "SELECT");
            __open.value(3, || "users");
            __open.statement(4, || &SQL);
        },
    );
    let (__ret, __call) = ::taximeter::__private::observed(
            __open,
            async move {
                if false {
                    return ::taximeter::__private::typed::<Result<Vec<User>, Error>>();
                }
                {
                    pool(shard).fetch(SQL).await
                }
            },
        )
        .await;
    __call.count_rows(5, ::taximeter::__private::rows_of(&__ret).rows());
    __call.close(::taximeter::__private::result_of(&__ret).verdict());
    __ret
}
