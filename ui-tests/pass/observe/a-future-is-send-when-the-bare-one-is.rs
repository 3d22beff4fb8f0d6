#![deny(warnings)]

use std::cell::Cell;
use std::rc::Rc;

use taximeter::{llm_cost, observe, workflow};
use taximeter_ui_tests::{block_on, wait};

#[observe]
async fn gives_what_is_not_send() -> Rc<u8> {
    {
        let early = Rc::new(1);
        drop(early);
    }
    wait().await;
    Rc::new(1)
}

#[observe]
async fn owns_what_cannot_be_shared(cell: Cell<u8>) -> u8 {
    wait().await;
    cell.get()
}

#[observe]
async fn generic<T: Send + Clone>(value: T) -> T {
    wait().await;
    value.clone()
}

#[workflow]
async fn flow(cell: Cell<u8>) -> u8 {
    wait().await;
    cell.get()
}

#[llm_cost(model = model)]
async fn ask(model: String) -> Rc<String> {
    wait().await;
    Rc::new(model)
}

#[observe]
async fn is_not_send(value: Rc<u8>) -> u8 {
    wait().await;
    *value
}

fn send<T: Send + 'static>(future: T) -> T {
    future
}

fn main() {
    assert_eq!(*block_on(send(gives_what_is_not_send())), 1);
    assert_eq!(block_on(send(owns_what_cannot_be_shared(Cell::new(1)))), 1);
    assert_eq!(block_on(send(generic(1))), 1);
    assert_eq!(block_on(send(flow(Cell::new(1)))), 1);
    assert_eq!(*block_on(send(ask("gpt-4o".to_owned()))), "gpt-4o");
    assert_eq!(block_on(is_not_send(Rc::new(1))), 1);
}
