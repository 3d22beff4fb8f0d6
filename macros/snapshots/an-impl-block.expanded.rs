impl Shop {
    const SIZE: usize = 1;
    fn place(&self, order: &Order) {
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
                "Shop::place",
                "src/lib.rs",
                1,
            )
            .with(
                &::taximeter::__private::Said::nothing()
                    .level(::taximeter::__private::Level::DEBUG),
            );
        let __call = ::taximeter::__private::guard(&__TAXIMETER_SITE);
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
