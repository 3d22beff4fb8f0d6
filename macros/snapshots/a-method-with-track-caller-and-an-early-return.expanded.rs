#[track_caller]
fn first(&self, from: &str) -> Result<u64, Empty> {
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
        "first",
        "src/lib.rs",
        1,
    );
    let mut __call = ::taximeter::__private::guard(&__TAXIMETER_SITE);
    let __ret: Result<u64, Empty> = {
        let page = (match ::taximeter::__private::branch(
            self
                .pages
                .get(
                    (match ::taximeter::__private::branch(from.parse()) {
                        ::core::ops::ControlFlow::Continue(__value) => __value,
                        ::core::ops::ControlFlow::Break(__rest) => {
                            return {
                                let __ret: Result<u64, Empty> = ::taximeter::__private::from_rest(
                                    __rest,
                                );
                                __call
                                    .look(
                                        &__ret,
                                        ::taximeter::__private::returns::<Result<u64, Empty>>()
                                            .close(),
                                    );
                                __ret
                            };
                        }
                    }),
                )
                .ok_or(Empty),
        ) {
            ::core::ops::ControlFlow::Continue(__value) => __value,
            ::core::ops::ControlFlow::Break(__rest) => {
                return {
                    let __ret: Result<u64, Empty> = ::taximeter::__private::from_rest(
                        __rest,
                    );
                    __call
                        .look(
                            &__ret,
                            ::taximeter::__private::returns::<Result<u64, Empty>>()
                                .close(),
                        );
                    __ret
                };
            }
        });
        if page.is_empty() {
            return {
                let __ret: Result<u64, Empty> = Err(Empty);
                __call
                    .look(
                        &__ret,
                        ::taximeter::__private::returns::<Result<u64, Empty>>().close(),
                    );
                __ret
            };
        }
        Ok(page.number)
    };
    __call.look(&__ret, ::taximeter::__private::returns::<Result<u64, Empty>>().close());
    __ret
}
