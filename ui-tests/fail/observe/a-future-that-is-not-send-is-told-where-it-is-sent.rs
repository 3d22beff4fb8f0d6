use taximeter::observe;

use std::rc::Rc;

#[observe]
async fn place(count: Rc<u8>) -> u8 {
    std::future::ready(()).await;
    *count
}

fn send<T: Send>(_future: T) {}

fn spawn() {
    send(place(Rc::new(1)));
}

fn main() {}
