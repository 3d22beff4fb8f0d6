//! What is written down about a call: its numbers, the words of its error, and what it opened beside its span.

use std::fmt::Debug;
use std::time::Duration;

use tracing::Span;

use crate::clock::Moment;
use crate::context;
use crate::field::Fields;
use crate::llm::record::Receipt;
use crate::llm::scope::LlmScope;
use crate::llm::{BudgetExceeded, Reading};
use crate::metrics::cell::{self, Cells};
use crate::metrics::exemplar::Exemplar;
use crate::outcome::{ErrorName, Failure, Outcome, Verdict};
use crate::site::{Role, Site};
use crate::workflow::OpenRun;
use crate::{panics, render, span};

/// What is written down about a call when it ends, exactly once.
pub(crate) struct Account {
    site: &'static Site,
    cells: &'static Cells,
    pub(crate) started: Moment,
    /// In a box: every future of an annotated function has room for it, and few have one.
    trip: Option<Box<Trip>>,
    pub(crate) is_open: bool,
}

/// What the call of a wider attribute opens beside its span.
pub(crate) enum Trip {
    Llm(LlmScope),
    Run(OpenRun),
}

impl Account {
    /// The account of a call that has numbers and nothing else: neither a span nor a context. The shortest way through.
    #[inline]
    pub(crate) fn plain(site: &'static Site) -> Option<Account> {
        if !matches!(site.said.role, Role::Observe) {
            return None;
        }
        if site.is_off() {
            return Some(Account::closed(site));
        }
        (!span::is_wanted(site, None)).then(|| Account::start(site, site.cells(&[])))
    }

    #[inline]
    pub(crate) fn start(site: &'static Site, cells: &'static Cells) -> Account {
        cell::start(cells, || site.bounds_ns());
        Account { site, cells, started: Moment::now(), trip: None, is_open: true }
    }

    pub(crate) fn with(self, trip: Option<Trip>) -> Account {
        Account { trip: trip.map(Box::new), ..self }
    }

    /// The account of a call that nobody counts.
    pub(crate) fn closed(site: &'static Site) -> Account {
        static NOBODYS: Cells = Cells::new();
        Account { site, cells: &NOBODYS, started: Moment::NONE, trip: None, is_open: false }
    }

    pub(crate) fn capture_ret(&self, span: &Span, position: usize, value: &dyn Debug) {
        let Some(name) = self.site.said.fields.get(position) else { return };
        if span.is_disabled() || !context::is_usable() {
            return;
        }
        let mut fields = Fields::new(self.site.said.fields);
        fields.written(position, |out| write!(out, "{value:?}"));
        if let Some(Some(value)) = fields.values().get(position) {
            span.record(*name, value.as_value());
        }
    }

    pub(crate) fn llm(&self) -> Option<&LlmScope> {
        match self.trip.as_deref() {
            Some(Trip::Llm(llm)) => Some(llm),
            _ => None,
        }
    }

    pub(crate) fn count_rows(&self, span: &Span, position: usize, rows: Option<u64>) {
        if let (Some(name), Some(rows)) = (self.site.said.fields.get(position), rows)
            && !span.is_disabled()
            && context::is_usable()
        {
            span.record(*name, rows);
        }
    }

    /// Hands the account over; what stays behind is closed.
    pub(crate) fn take(&mut self) -> Account {
        let is_open = std::mem::replace(&mut self.is_open, false);
        Account { site: self.site, cells: self.cells, started: self.started, trip: self.trip.take(), is_open }
    }

    /// Hands the account over to work that may be dropped half-way.
    pub(crate) fn take_for_work(&mut self) -> Account {
        if self.is_open && !self.site.asynchronous {
            cell::expect(self.cells, || self.site.bounds_ns(), Outcome::Cancelled);
        }
        self.take()
    }

    #[inline]
    pub(crate) fn close(&mut self, span: &Span, verdict: &Verdict<'_>) {
        match verdict {
            Verdict::Success => self.settle(span, Outcome::Success),
            Verdict::Failure(failure) => self.fail(span, failure, None),
        }
    }

    pub(crate) fn close_llm(&mut self, span: &Span, verdict: &Verdict<'_>, reading: Option<Reading>) {
        match verdict {
            Verdict::Success => self.settle_wide(span, Outcome::Success, None, reading),
            Verdict::Failure(failure) => self.fail(span, failure, reading),
        }
    }

    fn fail(&mut self, span: &Span, failure: &Failure<'_>, reading: Option<Reading>) {
        if !self.is_open {
            return;
        }
        let is_refused = self.llm().is_some_and(LlmScope::is_refused);
        let name = if is_refused { ErrorName::Kind(BudgetExceeded::KIND) } else { failure.name };
        cell::count_error(self.cells, || self.site.bounds_ns(), name);
        if self.trip.is_none() && !is_watched(span) {
            return self.settle(span, Outcome::Error);
        }
        let words = is_watched(span).then(|| Words {
            error_type: name.label(),
            message: render::message(failure),
            location: String::new(),
        });
        self.settle_wide(span, Outcome::Error, words, reading);
    }

    /// Ends the call because its code is unwinding. `before` is the number of panics before it ran.
    #[cold]
    pub(crate) fn end_panicked(&mut self, span: &Span, before: u64) {
        if !self.is_open {
            return;
        }
        cell::count_error(self.cells, || self.site.bounds_ns(), ErrorName::Kind(render::PANIC));
        let (message, location) =
            panics::since(before).map_or_else(Default::default, |seen| (seen.message, seen.location));
        let words = is_watched(span).then(|| Words { error_type: render::PANIC.to_owned(), message, location });
        self.settle_wide(span, Outcome::Panic, words, None);
    }

    /// Ends the call. Whoever has nothing but numbers is done here.
    #[inline]
    pub(crate) fn settle(&mut self, span: &Span, outcome: Outcome) {
        if self.trip.is_some() || !span.is_disabled() {
            self.settle_wide(span, outcome, None, None);
        } else {
            self.end(outcome);
        }
    }

    /// Counts the end of the call, and says how many nanoseconds it took; nothing when it has ended before.
    #[inline]
    fn end(&mut self, outcome: Outcome) -> Option<u64> {
        if !std::mem::replace(&mut self.is_open, false) {
            return None;
        }
        let ns = self.started.elapsed_ns();
        cell::end(self.cells, || self.site.bounds_ns(), outcome, ns);
        Some(ns)
    }

    #[inline(never)]
    fn settle_wide(&mut self, span: &Span, outcome: Outcome, words: Option<Words>, reading: Option<Reading>) {
        let Some(ns) = self.end(outcome) else { return };
        let elapsed = Duration::from_nanos(ns);
        let exemplar = self.keep_exemplar(span, outcome, ns);
        let (receipt, run) = match self.trip.take().map(|trip| *trip) {
            None => (None, None),
            Some(Trip::Llm(llm)) => (Some(llm.settle(outcome, elapsed, reading, exemplar)), None),
            Some(Trip::Run(run)) => (None, Some(run)),
        };
        self.write_to(span, outcome, words.as_ref(), receipt.as_ref());
        if let Some(run) = run {
            run.tell_end(span, outcome, elapsed);
        }
    }

    /// The trace that shows this call, beside its duration.
    fn keep_exemplar(&self, span: &Span, outcome: Outcome, ns: u64) -> Option<Exemplar> {
        let exemplar = Exemplar::of_call(span, outcome, ns)?;
        self.cells.keep_exemplar(self.site.bounds_ns(), outcome, exemplar);
        Some(exemplar)
    }

    fn write_to(&self, span: &Span, outcome: Outcome, words: Option<&Words>, receipt: Option<&Receipt>) {
        if span.is_disabled() && words.is_none() || !context::is_usable() {
            return;
        }
        if let Some(words) = words {
            span.in_scope(|| words.tell(self.site));
        }
        span::record_outcome(span, outcome, words.map(Words::of_span));
        if let Some(receipt) = receipt {
            span::record_receipt(span, receipt);
        }
    }
}

/// The target of the event that tells of an error or a panic.
const EXCEPTION_TARGET: &str = "taximeter::exception";

/// Whether anybody sees the words of an error, which take time to find.
fn is_watched(span: &Span) -> bool {
    if !context::is_usable() {
        return false;
    }
    !span.is_disabled() || tracing::enabled!(target: EXCEPTION_TARGET, tracing::Level::ERROR)
}

/// An error or a panic, ready to leave the process.
struct Words {
    error_type: String,
    message: String,
    location: String,
}

impl Words {
    /// The `exception` event of the OpenTelemetry conventions: an event of the span for a tracer, a line for a log,
    /// where the operation tells what the span's name would.
    fn tell(&self, site: &Site) {
        let location = (!self.location.is_empty()).then_some(self.location.as_str());
        let (file, line) = site.location();
        tracing::error!(
            target: EXCEPTION_TARGET,
            {
                "exception.type" = self.error_type.as_str(),
                "exception.message" = self.message.as_str(),
                "error.location" = location,
                "code.file.path" = file,
                "code.line.number" = line,
                operation = site.operation()
            },
            "exception"
        );
    }

    fn of_span(&self) -> (&str, &str) {
        (&self.error_type, &self.message)
    }
}
