//! The const data of one annotated function, known to the program before its first call.

use std::cell::Cell;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};

use tracing::callsite::{self, Callsite, Identifier};
use tracing::field::FieldSet;
use tracing::metadata::Kind as CallsiteKind;
use tracing::subscriber::Interest;
use tracing::{Level, Metadata};

use crate::linked;
use crate::llm::spec::LlmSpec;
use crate::metrics::cell::{BOUNDS_NS, Cells};
use crate::metrics::chain::Chain;
use crate::metrics::family::{OTHER, SERIES_LIMIT};
use crate::span::{LLM_FIELDS, PLAIN_FIELDS, WORKFLOW_FIELDS};
use crate::switch;

/// The target of every span that an attribute opens.
pub(crate) const TARGET: &str = "taximeter";

/// One annotated function: where it stands, and what its attribute said.
///
/// A `Site` is a `static` that the attribute writes into the function's body, and one static per function is all that
/// an expansion adds. It is small, and what can wait is made at the first call: a constant that the compiler has to
/// evaluate costs compile time for every function.
pub struct Site {
    pub(crate) module: &'static str,
    function: &'static str,
    file: &'static str,
    line: u32,
    pub(crate) asynchronous: bool,
    pub(crate) said: &'static Said,
    state: OnceLock<Box<State>>,
}

/// What an attribute said. Most attributes say nothing.
pub struct Said {
    name: Option<&'static str>,
    pub(crate) role: Role,
    pub(crate) kind: Option<&'static str>,
    /// The names of the user's own fields.
    pub(crate) fields: &'static [&'static str],
    /// The names of the user's own labels.
    pub(crate) labels: &'static [&'static str],
    level: Level,
    target: &'static str,
    has_span: bool,
    /// Upper bounds of the duration buckets in seconds.
    buckets: Option<&'static [f64]>,
}

/// What a site has from its first call on: the cells that count its calls, and itself as a callsite of `tracing`.
struct State {
    site: &'static Site,
    cells: Cells,
    variants: Chain<Variant>,
    bounds_ns: OnceLock<Vec<u64>>,
    metadata: OnceLock<Metadata<'static>>,
    interest: AtomicU8,
}

/// The cells of one set of values of a site's own labels.
pub(crate) struct Variant {
    pub(crate) labels: Box<[&'static str]>,
    pub(crate) cells: Cells,
}

/// A number that changes when a site gets new values of its own labels.
pub(crate) fn variants() -> usize {
    VARIANTS.load(Ordering::Acquire)
}

static VARIANTS: AtomicUsize = AtomicUsize::new(0);

/// Which attribute made the site.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Role {
    Observe,
    Workflow,
    Llm(LlmSpec),
}

const NOTHING: Said = Said::nothing();

const UNREGISTERED: u8 = 0;
const NEVER: u8 = 1;
const SOMETIMES: u8 = 2;
const ALWAYS: u8 = 3;

impl Said {
    /// The words of an attribute without any.
    pub const fn nothing() -> Said {
        Said {
            name: None,
            role: Role::Observe,
            kind: None,
            fields: &[],
            labels: &[],
            level: Level::INFO,
            target: TARGET,
            has_span: true,
            buckets: None,
        }
    }

    /// Gives the operation and its span the name that the attribute says.
    pub const fn named(mut self, name: &'static str) -> Said {
        self.name = Some(name);
        self
    }

    /// Makes each call open a workflow.
    pub const fn workflow(mut self) -> Said {
        self.role = Role::Workflow;
        self
    }

    /// Makes each call a request to a language model.
    pub const fn llm(mut self, spec: LlmSpec) -> Said {
        self.role = Role::Llm(spec);
        self
    }

    /// Gives the span a kind: `server`, `client`, `producer`, `consumer` or `internal`.
    pub const fn kind(mut self, kind: &'static str) -> Said {
        self.kind = Some(kind);
        self
    }

    /// Gives the span a level; what a subscriber filters by.
    pub const fn level(mut self, level: Level) -> Said {
        self.level = level;
        self
    }

    /// Gives the span a target; what a subscriber filters by.
    pub const fn target(mut self, target: &'static str) -> Said {
        self.target = target;
        self
    }

    /// Names the fields that the span has beside those that every span has.
    pub const fn fields(mut self, names: &'static [&'static str]) -> Said {
        self.fields = names;
        self
    }

    /// Names the labels that the metrics have beside those that every function has.
    pub const fn labels(mut self, names: &'static [&'static str]) -> Said {
        self.labels = names;
        self
    }

    /// Replaces the buckets of the durations: upper bounds in seconds, rising.
    pub const fn buckets(mut self, seconds: &'static [f64]) -> Said {
        self.buckets = Some(seconds);
        self
    }

    /// Makes no span, only numbers.
    pub const fn without_span(mut self) -> Said {
        self.has_span = false;
        self
    }
}

impl Site {
    /// The site of `function` (`Type::method` in an `impl` block), declared at `file`:`line` in `module`.
    pub const fn new(module: &'static str, function: &'static str, file: &'static str, line: u32) -> Site {
        Site { module, function, file, line, asynchronous: false, said: &NOTHING, state: OnceLock::new() }
    }

    /// Says that a call can be dropped half-way.
    pub const fn asynchronous(mut self) -> Site {
        self.asynchronous = true;
        self
    }

    /// Says what the attribute said.
    pub const fn with(mut self, said: &'static Said) -> Site {
        self.said = said;
        self
    }

    /// Whether its calls do nothing but run: the program has turned them off, and nobody depends on them.
    #[inline]
    pub(crate) fn is_off(&self) -> bool {
        switch::is_off() && matches!(self.said.role, Role::Observe)
    }

    /// What the label `operation` says.
    pub(crate) fn operation(&self) -> &'static str {
        self.said.name.unwrap_or(self.function)
    }

    fn state(&'static self) -> &'static State {
        match self.state.get() {
            Some(state) => state,
            None => self.first_state(),
        }
    }

    #[cold]
    fn first_state(&'static self) -> &'static State {
        linked::meet(self);
        self.state.get_or_init(|| Box::new(State::of(self)))
    }

    /// The cells of calls with these values of the site's own labels.
    pub(crate) fn cells(&'static self, labels: &[&'static str]) -> &'static Cells {
        if self.said.labels.is_empty() { &self.state().cells } else { self.labelled(labels) }
    }

    fn labelled(&'static self, labels: &[&'static str]) -> &'static Cells {
        let known = self.variant(SERIES_LIMIT, labels);
        known.unwrap_or_else(|| self.others())
    }

    /// The cells of all calls whose values of the labels are beyond the limit.
    #[cold]
    fn others(&'static self) -> &'static Cells {
        let labels: Vec<&'static str> = self.said.labels.iter().map(|_| OTHER).collect();
        self.variant(SERIES_LIMIT + 1, &labels).unwrap_or(&self.state().cells)
    }

    /// The cells of these values, unless they are new and there are as many others as the limit allows.
    fn variant(&'static self, limit: usize, labels: &[&'static str]) -> Option<&'static Cells> {
        let is_new = Cell::new(false);
        let fresh = || {
            is_new.set(true);
            Variant { labels: labels.into(), cells: Cells::new() }
        };
        let found = self.state().variants.find_or_push_within(limit, |variant| &*variant.labels == labels, fresh);
        if is_new.get() {
            VARIANTS.fetch_add(1, Ordering::Release);
        }
        found.map(|variant| &variant.cells)
    }

    /// Every set of label values so far, with its cells. A site without labels of its own has one.
    pub(crate) fn all_cells(&'static self) -> impl Iterator<Item = (&'static [&'static str], &'static Cells)> {
        let state = self.state();
        let plain = self.said.labels.is_empty().then_some((&[][..], &state.cells));
        plain.into_iter().chain(state.variants.iter().map(|variant| (&*variant.labels, &variant.cells)))
    }

    /// Upper bounds of the duration buckets in nanoseconds.
    pub(crate) fn bounds_ns(&'static self) -> &'static [u64] {
        match self.said.buckets {
            None => &BOUNDS_NS,
            Some(seconds) => {
                let in_ns = || seconds.iter().map(|seconds| (seconds * 1e9).round() as u64).collect();
                self.state().bounds_ns.get_or_init(in_ns)
            }
        }
    }

    /// Where the function stands: `file:line`.
    pub(crate) fn location(&self) -> (&'static str, u32) {
        (self.file, self.line)
    }

    /// The function with its module: `crate::module::function`.
    pub(crate) fn path(&self) -> String {
        format!("{}::{}", self.module, self.function)
    }

    pub(crate) fn tracing_metadata(&'static self) -> &'static Metadata<'static> {
        self.state().metadata()
    }

    /// The names of the fields that every span of this role has; the user's own come after them.
    fn known_fields(&self) -> &'static [&'static str] {
        match self.said.role {
            Role::Llm(_) => LLM_FIELDS,
            Role::Observe => PLAIN_FIELDS,
            Role::Workflow => WORKFLOW_FIELDS,
        }
    }

    /// `module::function`: short enough to read in a list of spans, long enough to tell two `new` apart.
    ///
    /// Leaked: it is made once for each function, and metadata of `tracing` lives as long as the process.
    fn short_name(&self) -> &'static str {
        let module = self.module.rsplit("::").next().unwrap_or(self.module);
        String::leak(format!("{module}::{}", self.function))
    }

    /// Makes what the first call would have to make.
    pub(crate) fn make_ready(&'static self) {
        self.state();
        self.wants_span();
    }

    /// Whether some subscriber wants the spans of this site.
    pub(crate) fn wants_span(&'static self) -> bool {
        self.said.has_span && self.state().wants_span()
    }
}

impl State {
    fn of(site: &'static Site) -> State {
        State {
            site,
            cells: Cells::new(),
            variants: Chain::new(),
            bounds_ns: OnceLock::new(),
            metadata: OnceLock::new(),
            interest: AtomicU8::new(UNREGISTERED),
        }
    }

    fn metadata(&'static self) -> &'static Metadata<'static> {
        self.metadata.get_or_init(|| {
            let site = self.site;
            let fields = match site.said.fields {
                [] => site.known_fields(),
                own => Vec::leak([site.known_fields(), own].concat()),
            };
            Metadata::new(
                site.said.name.unwrap_or_else(|| site.short_name()),
                site.said.target,
                site.said.level,
                Some(site.file),
                Some(site.line),
                Some(site.module),
                FieldSet::new(fields, Identifier(self)),
                CallsiteKind::SPAN,
            )
        })
    }

    fn wants_span(&'static self) -> bool {
        let interest = match self.interest.load(Ordering::Relaxed) {
            UNREGISTERED => self.register(),
            known => known,
        };
        match interest {
            NEVER => false,
            ALWAYS => true,
            _ => tracing::dispatcher::get_default(|dispatch| dispatch.enabled(self.metadata())),
        }
    }

    #[cold]
    fn register(&'static self) -> u8 {
        // Two threads may both be the first. `tracing` keeps a callsite twice then, and asks it twice, which is harmless.
        callsite::register(self);
        self.interest.load(Ordering::Relaxed)
    }
}

impl Callsite for State {
    fn set_interest(&self, interest: Interest) {
        let interest = if interest.is_never() {
            NEVER
        } else if interest.is_always() {
            ALWAYS
        } else {
            SOMETIMES
        };
        self.interest.store(interest, Ordering::Relaxed);
    }

    fn metadata(&self) -> &Metadata<'_> {
        self.site.tracing_metadata()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static DEEP: Site = Site::new("shop::orders", "place", "src/orders.rs", 7);
    static ROOT: Site = Site::new("shop", "main", "src/main.rs", 1);
    static NAMED: Site =
        Site::new("shop::orders", "place", "src/orders.rs", 7).with(&Said::nothing().named("orders.place"));

    #[test]
    fn a_site_knows_its_path_and_the_short_name_of_its_span() {
        assert_eq!((DEEP.path().as_str(), DEEP.operation()), ("shop::orders::place", "place"));
        assert_eq!(DEEP.tracing_metadata().name(), "orders::place");
        assert_eq!(ROOT.tracing_metadata().name(), "shop::main");
    }

    #[test]
    fn the_name_that_the_attribute_says_is_the_name_of_operation_and_span() {
        assert_eq!((NAMED.operation(), NAMED.tracing_metadata().name()), ("orders.place", "orders.place"));
        assert_eq!(NAMED.path(), "shop::orders::place");
    }

    #[test]
    fn labels_have_cells_of_their_own() {
        static TIERED: Site = Site::new("shop", "sell", "src/main.rs", 1).with(&Said::nothing().labels(&["tier"]));
        assert!(std::ptr::eq(TIERED.cells(&["free"]), TIERED.cells(&["free"])));
        assert!(!std::ptr::eq(TIERED.cells(&["free"]), TIERED.cells(&["paid"])));
        let known: Vec<_> = TIERED.all_cells().map(|(labels, _)| labels.to_vec()).collect();
        assert_eq!(known, [["free"], ["paid"]]);
    }

    #[test]
    fn buckets_are_said_in_seconds() {
        static SAID: Said = Said::nothing().buckets(&[0.000_1, 0.25, 1.0]);
        static QUICK: Site = Site::new("shop", "sell", "src/main.rs", 1).with(&SAID);
        assert_eq!(QUICK.bounds_ns(), [100_000, 250_000_000, 1_000_000_000]);
        assert_eq!(DEEP.bounds_ns(), BOUNDS_NS);
    }
}
