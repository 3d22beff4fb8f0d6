#![deny(warnings)]

use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};

use taximeter::observe;
use taximeter_ui_tests::{block_on, wait};

#[derive(Default)]
struct Page {
    text: String,
    notes: Vec<String>,
}

impl Page {
    #[observe]
    fn new() -> Self {
        Self::default()
    }

    #[observe]
    fn text(&self) -> &str {
        &self.text
    }

    #[observe]
    fn write(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    #[observe]
    fn note(&mut self, place: usize) -> Result<&mut String, String> {
        self.notes.get_mut(place).ok_or_else(|| format!("no note {place}"))
    }

    #[observe]
    fn with_note(mut self, note: &str) -> Self {
        self.notes.push(note.to_owned());
        self
    }

    #[observe]
    fn into_parts(self: Box<Self>) -> (String, Vec<String>) {
        (self.text, self.notes)
    }

    #[observe]
    fn shared(self: Arc<Self>) -> usize {
        self.text.len()
    }

    #[observe]
    fn counted(self: &Rc<Self>) -> usize {
        Rc::strong_count(self)
    }

    #[observe]
    async fn write_later(&mut self, text: &str) -> &mut String {
        wait().await;
        self.text.push_str(text);
        &mut self.text
    }
}

struct Countdown(u8);

impl Future for Countdown {
    type Output = &'static str;

    // Accepted, and warned of: each poll is measured.
    #[expect(deprecated)]
    #[observe]
    fn poll(mut self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<&'static str> {
        match self.0 {
            0 => Poll::Ready("lift-off"),
            _ => {
                self.0 -= 1;
                Poll::Pending
            }
        }
    }
}

fn main() {
    let mut page = Page::new().with_note("first");
    assert_eq!(page.write("a").write("b").text(), "ab");
    page.note(0).expect("a note").push('!');
    assert_eq!(page.note(1), Err("no note 1".to_owned()));
    block_on(page.write_later("c")).push('d');
    assert_eq!(Rc::new(Page::new()).counted(), 1);
    assert_eq!(Arc::new(Page::new()).shared(), 0);
    assert_eq!(Box::new(page).into_parts(), ("abcd".to_owned(), vec!["first!".to_owned()]));
    assert_eq!(block_on(pin!(Countdown(2))), "lift-off");
}
