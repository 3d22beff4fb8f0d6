impl Shop {
    const SIZE: usize = 1;
    fn place(&self, order: &Order) {
        let __call = ::taximeter::__private::enter(
            ::taximeter::__private::open({
                #[::taximeter::__private::linkme::distributed_slice(
                    ::taximeter::__private::SITES
                )]
                #[linkme(crate = ::taximeter::__private::linkme)]
                static __TAXIMETER_SITE: ::taximeter::__private::Site = ::taximeter::__private::Site::new(
                        &__TAXIMETER_SITE,
                        ::core::module_path!(),
                        "Shop::place",
                        ::core::file!(),
                        ::core::line!(),
                    )
                    .level(::taximeter::__private::Level::DEBUG);
                &__TAXIMETER_SITE
            }),
        );
        {
            self.orders.push(order);
        }
    }
    fn id(&self) -> u8 {
        self.id
    }
    #[workflow(name = "shop.close", __in = "Shop", level = "debug")]
    async fn close(self) {
        self.sweep().await;
    }
}
