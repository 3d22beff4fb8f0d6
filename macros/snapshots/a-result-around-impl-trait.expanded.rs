fn words(text: &str) -> Result<impl Iterator<Item = &str>, Empty> {
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
        "words",
        "src/lib.rs",
        1,
    );
    ::taximeter::__private::run::<
        Result<_, Empty>,
    >(
        ::taximeter::__private::open(&__TAXIMETER_SITE),
        move || {
            if text.is_empty() {
                return Err(Empty);
            }
            Ok(text.split(' '))
        },
        move |__call, __ret: &Result<_, Empty>| {
            __call.close(::taximeter::__private::result_of(__ret).verdict());
        },
    )
}
