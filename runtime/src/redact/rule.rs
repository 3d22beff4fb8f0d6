//! Rules that the program adds to ours.

use std::cell::Cell;
use std::fmt;
use std::mem;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use super::name;
use crate::guard::user_code;

/// The most rules that are kept; each of them looks at every word.
const RULES_CAP: usize = 64;

static HAS_RULES: AtomicBool = AtomicBool::new(false);
/// Replaced as a whole, so that who reads a text holds no lock while code of the program runs.
static RULES: RwLock<Option<Arc<[Rule]>>> = RwLock::new(None);

thread_local! {
    /// Whether a rule of the program is being asked on this thread.
    static IS_ASKED: Cell<bool> = const { Cell::new(false) };
}

/// What else is a secret, beside what the redactor knows by itself.
///
/// ```
/// use taximeter_runtime::redact::{self, Rule};
///
/// redact::add_rules([Rule::name("customer_number"), Rule::prefix("acme_", 8)]);
///
/// let safe = redact::text("customer_number=4711 uses acme_0123456789");
/// assert_eq!(safe, "customer_number=[redacted] uses [redacted]");
/// ```
#[derive(Clone)]
pub struct Rule {
    /// The value of the label `rule`.
    label: &'static str,
    kind: Kind,
}

#[derive(Clone)]
enum Kind {
    /// Lower case, without separators.
    Name(String),
    Prefix(String, usize),
    Word(Arc<dyn Fn(&str) -> bool + Send + Sync>),
}

impl Rule {
    /// The value under every name that ends so is a secret: `customer_number` knows `x-customer-number` and
    /// `CustomerNumber` too. Counted as `name`.
    pub fn name(name: &str) -> Rule {
        let letters = name.chars().filter(|letter| !matches!(letter, '-' | '_' | '.'));
        Rule { label: name::RULE, kind: Kind::Name(letters.collect::<String>().to_ascii_lowercase()) }
    }

    /// A word that begins with `prefix` and goes on for `at_least` bytes is a secret. Counted as `prefix`.
    pub fn prefix(prefix: impl Into<String>, at_least: usize) -> Rule {
        Rule { label: "prefix", kind: Kind::Prefix(prefix.into(), at_least) }
    }

    /// A word that `is_secret` knows is a secret; a word is a run of letters, digits and `-_.+~%$!*`. Counted as `label`.
    ///
    /// It is called for every word of every text, so it has to be quick. When it panics, the word is masked. It is not
    /// asked about what it logs itself: there every word is masked.
    ///
    /// ```
    /// use taximeter_runtime::redact::Rule;
    ///
    /// let rule = Rule::word("employee", |word| word.len() == 7 && word.starts_with("E-"));
    /// # let _ = rule;
    /// ```
    pub fn word(label: &'static str, is_secret: impl Fn(&str) -> bool + Send + Sync + 'static) -> Rule {
        Rule { label, kind: Kind::Word(Arc::new(is_secret)) }
    }

    fn knows_name(&self, name: &str) -> bool {
        matches!(&self.kind, Kind::Name(ending) if !ending.is_empty() && name::ends_with(name, ending))
    }

    fn knows_word(&self, word: &str) -> bool {
        match &self.kind {
            Kind::Name(_) => false,
            Kind::Prefix(prefix, least) => word.strip_prefix(prefix.as_str()).is_some_and(|tail| tail.len() >= *least),
            // Nobody knows what it would have said when it panics.
            Kind::Word(is_secret) => ask(|| is_secret(word)).unwrap_or(true),
        }
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Rule").field("label", &self.label).finish_non_exhaustive()
    }
}

/// Adds rules for the whole process, up to 64 of them.
pub fn add_rules(rules: impl IntoIterator<Item = Rule>) {
    // The iterator is code of the program, and so is what is dropped of the rules that find no room: without the lock.
    let added: Vec<Rule> = rules.into_iter().take(RULES_CAP).collect();
    let mut kept = RULES.write().unwrap_or_else(PoisonError::into_inner);
    let together: Arc<[Rule]> =
        kept.iter().flat_map(|rules| rules.iter()).chain(&added).take(RULES_CAP).cloned().collect();
    HAS_RULES.store(!together.is_empty(), Ordering::Release);
    *kept = Some(together);
    drop(kept);
}

/// What takes the rules away that are added from now on.
pub(super) fn undo() -> impl FnOnce() + Send + 'static {
    let before = rules();
    move || {
        let mut kept = RULES.write().unwrap_or_else(PoisonError::into_inner);
        HAS_RULES.store(before.is_some(), Ordering::Release);
        let added = mem::replace(&mut *kept, before);
        drop(kept);
        // Code of the program, without the lock.
        drop(added);
    }
}

/// Asks code of the program, unless it is what asks: it may log, and what it logs is read by the rules again.
fn ask(is_secret: impl FnOnce() -> bool) -> Option<bool> {
    if IS_ASKED.replace(true) {
        return None;
    }
    let answer = user_code(is_secret);
    IS_ASKED.set(false);
    answer
}

fn has_rules() -> bool {
    HAS_RULES.load(Ordering::Acquire)
}

pub(super) fn is_secret_name(name: &str) -> bool {
    rules().is_some_and(|rules| rules.iter().any(|rule| rule.knows_name(name)))
}

/// The label of the rule that knows this word.
pub(super) fn of_word(rules: &[Rule], word: &str) -> Option<&'static str> {
    rules.iter().find(|rule| rule.knows_word(word)).map(|rule| rule.label)
}

/// The rules as they are now. What is added later is not among them.
pub(super) fn rules() -> Option<Arc<[Rule]>> {
    if has_rules() { RULES.read().unwrap_or_else(PoisonError::into_inner).clone() } else { None }
}
