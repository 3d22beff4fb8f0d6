//! The const data of one annotated function, known to the program before its first call.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};

use linkme::distributed_slice;
use tracing::callsite::{self, Callsite, Identifier};
use tracing::field::FieldSet;
use tracing::metadata::Kind as CallsiteKind;
use tracing::subscriber::Interest;
use tracing::{Level, Metadata};

use crate::metrics::cell::SiteCells;
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
    pub(crate) cells: SiteCells,
    this: &'static Site,
    function: &'static str,
    name: Option<&'static str>,
    file: &'static str,
    line: u32,
    metadata: OnceLock<Metadata<'static>>,
    interest: AtomicU8,
    index: AtomicU32,
}

/// Which attribute made the site.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Role {
    Observe,
    Workflow,
    Llm(LlmSpec),
}

/// What `#[llm_cost(...)]` says in words that are known at compile time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LlmSpec {
    pub(crate) provider: &'static str,
    pub(crate) model: Option<&'static str>,
    pub(crate) feature: Option<&'static str>,
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
            cells: SiteCells::new(),
            function,
            name: None,
            file,
            line,
            metadata: OnceLock::new(),
            interest: AtomicU8::new(UNREGISTERED),
            index: AtomicU32::new(0),
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

    /// Makes each call a request to a language model. `model` is `None` when an expression computes it per call.
    pub const fn llm(
        mut self,
        provider: &'static str,
        model: Option<&'static str>,
        feature: Option<&'static str>,
    ) -> Site {
        self.role = Role::Llm(LlmSpec { provider, model, feature });
        self
    }

    /// The function with its module: `crate::module::function`.
    pub(crate) fn path(&self) -> String {
        format!("{}::{}", self.module, self.function)
    }

    pub(crate) fn tracing_metadata(&'static self) -> &'static Metadata<'static> {
        self.metadata.get_or_init(|| {
            let fields = match self.role {
                Role::Llm(_) => LLM_FIELDS,
                Role::Observe | Role::Workflow => PLAIN_FIELDS,
            };
            Metadata::new(
                self.name.unwrap_or_else(|| self.short_name()),
                TARGET,
                Level::INFO,
                Some(self.file),
                Some(self.line),
                Some(self.module),
                FieldSet::new(fields, Identifier(self)),
                CallsiteKind::SPAN,
            )
        })
    }

    /// `module::function`: short enough to read in a list of spans, long enough to tell two `new` apart.
    ///
    /// Leaked: it is made once for each function, and metadata of `tracing` lives as long as the process.
    fn short_name(&self) -> &'static str {
        let module = self.module.rsplit("::").next().unwrap_or(self.module);
        String::leak(format!("{module}::{}", self.function))
    }

    /// The number of this site in the process, from 0. The first call of a site takes the next free one.
    pub(crate) fn index(&self) -> usize {
        match self.index.load(Ordering::Relaxed) {
            0 => self.take_index(),
            taken => taken as usize - 1,
        }
    }

    #[cold]
    fn take_index(&self) -> usize {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let fresh = NEXT.fetch_add(1, Ordering::Relaxed);
        // A racing thread may have been first; then its number stands and ours stays unused.
        match self.index.compare_exchange(0, fresh, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => fresh as usize - 1,
            Err(taken) => taken as usize - 1,
        }
    }

    /// Whether some subscriber wants the spans of this site.
    pub(crate) fn wants_span(&'static self) -> bool {
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
    fn each_site_has_a_number_of_its_own_for_good() {
        let (first, second) = (DEEP.index(), ROOT.index());
        assert_ne!(first, second);
        assert_eq!((DEEP.index(), ROOT.index()), (first, second));
    }
}
