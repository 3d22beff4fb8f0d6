//! The prices that are in force: the bundled table, or the user's snapshot of it, and the user's own prices above it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::amount::Multiplier;
use super::ids;
use super::table::Table;

/// The lines of `genai-prices` 0.2.1 and our own, written by the test `the_bundled_table_is_that_of_genai_prices`.
static BUNDLED: &str = include_str!("../../../../data/prices.txt");

/// The day on which prices of the bundled table were last compared with a provider's page, as its source says.
pub(super) const BUNDLED_DATE: &str = "2026-10-26";

/// The provider of a user's price that holds for a model of any provider.
pub(super) const ANY: &str = "*";

/// Immutable; a change of prices is another book.
#[derive(Clone, Debug)]
pub(super) struct Book {
    pub(super) table: Table,
    /// When the table was brought up to date, if anybody knows.
    pub(super) date: Option<String>,
    /// The user's prices, under the name of a provider or [`ANY`].
    pub(super) own: Table,
    /// What the user calls models.
    pub(super) aliases: BTreeMap<String, String>,
    /// What the user pays of a provider's list prices.
    pub(super) multipliers: BTreeMap<String, Multiplier>,
}

impl Book {
    pub(super) fn bundled() -> Book {
        Book {
            table: Table::of(BUNDLED),
            date: Some(BUNDLED_DATE.to_owned()),
            own: Table::default(),
            aliases: BTreeMap::new(),
            multipliers: BTreeMap::new(),
        }
    }

    /// What the user says that a name stands for, said of this provider or of all.
    pub(super) fn alias(&self, provider: &str, model: &str) -> Option<&str> {
        if self.aliases.is_empty() {
            return None;
        }
        let of_provider = self.aliases.get(&format!("{provider}/{model}").to_lowercase());
        of_provider.or_else(|| self.aliases.get(&model.to_lowercase())).map(String::as_str)
    }

    /// What the user pays of the list prices of a provider.
    pub(super) fn multiplier(&self, provider: &str) -> Option<Multiplier> {
        if self.multipliers.is_empty() {
            return None;
        }
        let id = ids::provider_id(&self.table, provider);
        let found = id.and_then(|id| self.multipliers.get(id));
        found.or_else(|| self.multipliers.get(&provider.to_lowercase())).copied()
    }
}

/// How often the book was changed. A thread that has seen the last change needs no lock.
static CHANGES: AtomicU64 = AtomicU64::new(0);
static CURRENT: Mutex<Option<Arc<Book>>> = Mutex::new(None);

thread_local! {
    static SEEN: RefCell<Option<(u64, Arc<Book>)>> = const { RefCell::new(None) };
}

/// Puts another book in the place of the current one. A request that is being priced keeps the one it began with.
pub(super) fn set(book: Book) {
    book.table.warm();
    let mut current = CURRENT.lock().unwrap_or_else(PoisonError::into_inner);
    *current = Some(Arc::new(book));
    CHANGES.fetch_add(1, Ordering::Release);
}

/// What makes the current book the current one again.
pub(super) fn undo() -> impl FnOnce() + Send + 'static {
    let before = CURRENT.lock().unwrap_or_else(PoisonError::into_inner).clone();
    move || {
        let mut current = CURRENT.lock().unwrap_or_else(PoisonError::into_inner);
        *current = before;
        CHANGES.fetch_add(1, Ordering::Release);
    }
}

/// The current book.
pub(super) fn current() -> Arc<Book> {
    let changes = CHANGES.load(Ordering::Acquire);
    let seen = SEEN.try_with(|seen| match &*seen.borrow() {
        Some((at, book)) if *at == changes => Some(Arc::clone(book)),
        _ => None,
    });
    if let Ok(Some(book)) = seen {
        return book;
    }
    let (changes, book) = latest();
    let _ = SEEN.try_with(|seen| *seen.borrow_mut() = Some((changes, Arc::clone(&book))));
    book
}

/// The book and how often it was changed, which no change can part.
fn latest() -> (u64, Arc<Book>) {
    let mut current = CURRENT.lock().unwrap_or_else(PoisonError::into_inner);
    let book = Arc::clone(current.get_or_insert_with(|| Arc::new(Book::bundled())));
    (CHANGES.load(Ordering::Acquire), book)
}
