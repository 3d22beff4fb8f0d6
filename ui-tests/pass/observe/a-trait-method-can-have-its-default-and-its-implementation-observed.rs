#![deny(warnings)]

use std::future::Future;

use taximeter::observe;
use taximeter_ui_tests::{block_on, calls, wait};

trait Store {
    #[observe]
    fn size(&self) -> usize {
        1
    }

    fn load(&self, key: &str) -> impl Future<Output = String> + Send;
}

struct Memory;
struct Disk;

impl Store for Memory {
    #[observe(name = "memory.load")]
    async fn load(&self, key: &str) -> String {
        wait().await;
        key.to_owned()
    }
}

impl Store for Disk {
    #[observe(name = "disk.size")]
    fn size(&self) -> usize {
        2
    }

    async fn load(&self, key: &str) -> String {
        key.to_owned()
    }
}

fn main() {
    assert_eq!((Memory.size(), Disk.size()), (1, 2));
    assert_eq!((calls("size", "success"), calls("disk.size", "success")), (1, 1));
    assert_eq!(block_on(Memory.load("a")), block_on(Disk.load("a")));
    assert_eq!(calls("memory.load", "success"), 1);
}
