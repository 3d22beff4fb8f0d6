//! Prints the sizes of futures, bare and annotated.

/// The same functions, each with the same attribute or with none.
macro_rules! futures {
    ($name:ident $(, #[$attribute:meta])?) => {
        mod $name {
            $(#[$attribute])?
            async fn leaf(page: [u8; 1024]) -> u8 {
                std::future::ready(()).await;
                page[7]
            }

            $(#[$attribute])?
            async fn middle(page: [u8; 1024]) -> u8 {
                leaf(page).await
            }

            $(#[$attribute])?
            async fn outer(page: [u8; 1024]) -> u8 {
                middle(page).await
            }

            $(#[$attribute])?
            async fn depth_1() {}

            $(#[$attribute])?
            async fn depth_2() {
                depth_1().await;
            }

            $(#[$attribute])?
            async fn depth_3() {
                depth_2().await;
            }

            $(#[$attribute])?
            async fn depth_4() {
                depth_3().await;
            }

            pub(super) fn sizes() -> [usize; 3] {
                [size_of_val(&leaf([0; 1024])), size_of_val(&outer([0; 1024])), size_of_val(&depth_4())]
            }
        }
    };
}

futures!(bare);
futures!(taximeter, #[::taximeter::observe]);
futures!(tracing, #[::tracing::instrument(skip_all)]);
futures!(fastrace, #[::fastrace::trace]);

fn main() {
    let rows = [
        ("bare", bare::sizes()),
        ("taximeter", taximeter::sizes()),
        ("tracing", tracing::sizes()),
        ("fastrace", fastrace::sizes()),
    ];
    for (name, [leaf, three, four]) in rows {
        println!("{name} {leaf} {three} {four}");
    }
}
