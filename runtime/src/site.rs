//! The const data of one annotated function, known to the program before its first call.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, Ordering};

use linkme::distributed_slice;
use tracing::callsite::{self, Callsite, Identifier};
use tracing::field::FieldSet;
use tracing::metadata::Kind as CallsiteKind;
use tracing::subscriber::Interest;
use tracing::{Level, Metadata};

use crate::llm::spec::LlmSpec;
use crate::metrics::cell::{BOUNDS_NS, Cells};
use crate::metrics::chain::Chain;
use crate::metrics::family::{OTHER, SERIES_LIMIT};
use crate::span::{LLM_FIELDS, PLAIN_FIELDS};

/// Every annotated function that is linked into this program, in no particular order.
#[distributed_slice]
pub static SITES: [Site];

/// The target of every span that an attribute opens.
pub(crate) const TARGET: &str = "taximeter";

/// One annotated function: where it stands, what its calls are called, and the cells that count them.
///
/// A `Site` is a `static` that the attribute writes into the function's body. It is its own `tracing` callsite, so
/// one static per function is all that an expansion adds. What has to be composed from its parts is composed at the
/// first call: a constant that the compiler has to evaluate costs compile time for every function.
pub struct Site {
    pub(crate) operation: &'static str,
    pub(crate) module: &'static str,
    pub(crate) asynchronous: bool,
    pub(crate) role: Role,
    pub(crate) kind: Option<&'static str>,
    /// The names of the user's own fields.
    pub(crate) fields: &'static [&'static str],
    /// The names of the user's own labels.
    pub(crate) labels: &'static [&'static str],
    cells: Cells,
    variants: Chain<Variant>,
    this: &'static Site,
    function: &'static str,
    name: Option<&'static str>,
    file: &'static str,
    line: u32,
    level: Level,
    target: &'static str,
    has_span: bool,
    /// Upper bounds of the duration buckets in seconds.
    buckets: Option<&'static [f64]>,
    bounds_ns: OnceLock<Vec<u64>>,
    metadata: OnceLock<Metadata<'static>>,
    interest: AtomicU8,
}

/// The cells of one set of values of a site's own labels.
pub(crate) struct Variant {
    pub(crate) labels: Box<[&'static str]>,
    pub(crate) cells: Cells,
}

/// Which attribute made the site.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Role {
    Observe,
    Workflow,
    Llm(LlmSpec),
}

const UNREGISTERED: u8 = 0;
const NEVER: u8 = 1;
const SOMETIMES: u8 = 2;
const ALWAYS: u8 = 3;

impl Site {
    /// The site of `function` (`Type::method` in an `impl` block), declared at `file`:`line` in `module`. `this` is the
    /// static itself.
    pub const fn new(
        this: &'static Site,
        module: &'static str,
        function: &'static str,
        file: &'static str,
        line: u32,
    ) -> Site {
        Site {
            this,
            operation: function,
            module,
            asynchronous: false,
            role: Role::Observe,
            kind: None,
            fields: &[],
            labels: &[],
            cells: Cells::new(),
            variants: Chain::new(),
            function,
            name: None,
            file,
            line,
            level: Level::INFO,
            target: TARGET,
            has_span: true,
            buckets: None,
            bounds_ns: OnceLock::new(),
            metadata: OnceLock::new(),
            interest: AtomicU8::new(UNREGISTERED),
        }
    }

    /// Gives the operation and its span the name that the attribute says.
    pub const fn named(mut self, name: &'static str) -> Site {
        self.operation = name;
        self.name = Some(name);
        self
    }

    /// Says that a call can be dropped half-way.
    pub const fn asynchronous(mut self) -> Site {
        self.asynchronous = true;
        self
    }

    /// Makes each call open a workflow.
    pub const fn workflow(mut self) -> Site {
        self.role = Role::Workflow;
        self
    }

    /// Makes each call a request to a language model.
    pub const fn llm(mut self, spec: LlmSpec) -> Site {
        self.role = Role::Llm(spec);
        self
    }

    /// Gives the span a kind: `server`, `client`, `producer`, `consumer` or `internal`.
    pub const fn kind(mut self, kind: &'static str) -> Site {
        self.kind = Some(kind);
        self
    }

    /// Gives the span a level; what a subscriber filters by.
    pub const fn level(mut self, level: Level) -> Site {
        self.level = level;
        self
    }

    /// Gives the span a target; what a subscriber filters by.
    pub const fn target(mut self, target: &'static str) -> Site {
        self.target = target;
        self
    }

    /// Names the fields that the span has beside those that every span has.
    pub const fn fields(mut self, names: &'static [&'static str]) -> Site {
        self.fields = names;
        self
    }

    /// Names the labels that the metrics have beside those that every function has.
    pub const fn labels(mut self, names: &'static [&'static str]) -> Site {
        self.labels = names;
        self
    }

    /// Replaces the buckets of the durations: upper bounds in seconds, rising.
    pub const fn buckets(mut self, seconds: &'static [f64]) -> Site {
        self.buckets = Some(seconds);
        self
    }

    /// Makes no span, only numbers.
    pub const fn without_span(mut self) -> Site {
        self.has_span = false;
        self
    }

    /// The cells of calls with these values of the site's own labels.
    pub(crate) fn cells(&'static self, labels: &[&'static str]) -> &'static Cells {
        if self.labels.is_empty() { &self.cells } else { self.labelled(labels) }
    }

    fn labelled(&'static self, labels: &[&'static str]) -> &'static Cells {
        let known = self.variants.iter().find(|variant| &*variant.labels == labels);
        if let Some(known) = known {
            return &known.cells;
        }
        let is_full = self.variants.iter().count() >= SERIES_LIMIT;
        let labels: Box<[_]> = if is_full { labels.iter().map(|_| OTHER).collect() } else { labels.into() };
        let fresh = || Variant { labels: labels.clone(), cells: Cells::new() };
        &self.variants.find_or_push(|variant| variant.labels == labels, fresh).cells
    }

    /// Every set of label values so far, with its cells. A site without labels of its own has one.
    pub(crate) fn all_cells(&'static self) -> impl Iterator<Item = (&'static [&'static str], &'static Cells)> {
        let plain = self.labels.is_empty().then_some((&[][..], &self.cells));
        plain.into_iter().chain(self.variants.iter().map(|variant| (&*variant.labels, &variant.cells)))
    }

    /// Upper bounds of the duration buckets in nanoseconds.
    pub(crate) fn bounds_ns(&'static self) -> &'static [u64] {
        match self.buckets {
            None => &BOUNDS_NS,
            Some(seconds) => {
                self.bounds_ns.get_or_init(|| seconds.iter().map(|seconds| (seconds * 1e9).round() as u64).collect())
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
        self.metadata.get_or_init(|| {
            let known = self.known_fields();
            let fields = match self.fields {
                [] => known,
                own => Vec::leak([known, own].concat()),
            };
            Metadata::new(
                self.name.unwrap_or_else(|| self.short_name()),
                self.target,
                self.level,
                Some(self.file),
                Some(self.line),
                Some(self.module),
                FieldSet::new(fields, Identifier(self)),
                CallsiteKind::SPAN,
            )
        })
    }

    /// The names of the fields that every span of this role has; the user's own come after them.
    pub(crate) fn known_fields(&self) -> &'static [&'static str] {
        match self.role {
            Role::Llm(_) => LLM_FIELDS,
            Role::Observe | Role::Workflow => PLAIN_FIELDS,
        }
    }

    /// `module::function`: short enough to read in a list of spans, long enough to tell two `new` apart.
    ///
    /// Leaked: it is made once for each function, and metadata of `tracing` lives as long as the process.
    fn short_name(&self) -> &'static str {
        let module = self.module.rsplit("::").next().unwrap_or(self.module);
        String::leak(format!("{module}::{}", self.function))
    }

    /// Whether some subscriber wants the spans of this site.
    pub(crate) fn wants_span(&'static self) -> bool {
        if !self.has_span {
            return false;
        }
        let interest = match self.interest.load(Ordering::Relaxed) {
            UNREGISTERED => self.register(),
            known => known,
        };
        match interest {
            NEVER => false,
            ALWAYS => true,
            _ => tracing::dispatcher::get_default(|dispatch| dispatch.enabled(self.tracing_metadata())),
        }
    }

    #[cold]
    fn register(&'static self) -> u8 {
        // Two threads may both be the first. `tracing` keeps a callsite twice then, and asks it twice, which is harmless.
        callsite::register(self);
        self.interest.load(Ordering::Relaxed)
    }
}

impl Callsite for Site {
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
        self.this.tracing_metadata()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static DEEP: Site = Site::new(&DEEP, "shop::orders", "place", "src/orders.rs", 7);
    static ROOT: Site = Site::new(&ROOT, "shop", "main", "src/main.rs", 1);
    static NAMED: Site = Site::new(&NAMED, "shop::orders", "place", "src/orders.rs", 7).named("orders.place");

    #[test]
    fn a_site_knows_its_path_and_the_short_name_of_its_span() {
        assert_eq!((DEEP.path().as_str(), DEEP.operation), ("shop::orders::place", "place"));
        assert_eq!(DEEP.tracing_metadata().name(), "orders::place");
        assert_eq!(ROOT.tracing_metadata().name(), "shop::main");
    }

    #[test]
    fn the_name_that_the_attribute_says_is_the_name_of_operation_and_span() {
        assert_eq!((NAMED.operation, NAMED.tracing_metadata().name()), ("orders.place", "orders.place"));
        assert_eq!(NAMED.path(), "shop::orders::place");
    }

    #[test]
    fn labels_have_cells_of_their_own() {
        static TIERED: Site = Site::new(&TIERED, "shop", "sell", "src/main.rs", 1).labels(&["tier"]);
        assert!(std::ptr::eq(TIERED.cells(&["free"]), TIERED.cells(&["free"])));
        assert!(!std::ptr::eq(TIERED.cells(&["free"]), TIERED.cells(&["paid"])));
        let known: Vec<_> = TIERED.all_cells().map(|(labels, _)| labels.to_vec()).collect();
        assert_eq!(known, [["free"], ["paid"]]);
    }

    #[test]
    fn buckets_are_said_in_seconds() {
        static QUICK: Site = Site::new(&QUICK, "shop", "sell", "src/main.rs", 1).buckets(&[0.000_1, 0.25, 1.0]);
        assert_eq!(QUICK.bounds_ns(), [100_000, 250_000_000, 1_000_000_000]);
        assert_eq!(DEEP.bounds_ns(), BOUNDS_NS);
    }
}
