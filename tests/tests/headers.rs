//! Headers come from strangers: whatever they send, nothing panics, and what is refused costs no memory.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::baggage::BaggageExt;
use opentelemetry::trace::TraceContextExt;
use taximeter::http::{extract, inject};

/// Counts what the current thread allocates.
struct Counting;

thread_local!(static ALLOCATIONS: Cell<u64> = const { Cell::new(0) });

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[allow(unsafe_code, reason = "an allocator is unsafe by its trait; this one hands everything on")]
// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
        // SAFETY: the caller keeps what the trait asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps what the trait asks for.
        unsafe { System.dealloc(place, layout) }
    }
}

/// How often `code` allocates.
fn allocations(code: impl FnOnce()) -> u64 {
    let before = ALLOCATIONS.get();
    code();
    ALLOCATIONS.get() - before
}

const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
    let line = |(name, value): &(&'static str, &str)| {
        (HeaderName::from_static(name), HeaderValue::from_bytes(value.as_bytes()).expect("a value that HTTP can carry"))
    };
    let mut headers = HeaderMap::new();
    lines.iter().map(line).for_each(|(name, value)| _ = headers.append(name, value));
    headers
}

/// What stands in the headers that go out when these came in.
fn passed_on(headers: &HeaderMap) -> HeaderMap {
    let _current = extract(headers).attach();
    let mut out = HeaderMap::new();
    inject(&mut out);
    out
}

#[test]
fn what_is_refused_allocates_nothing() {
    let many = |count: usize, one: &str| vec![one; count].join(",");
    let zeros = PARENT.replace("4bf92f3577b34da6a3ce929d0e0e4736", &"0".repeat(32));
    let long = "a".repeat(1_000_000);
    let bomb = format!("k={}", "%41".repeat(100_000));
    let refused: Vec<Vec<(&'static str, String)>> = vec![
        vec![("traceparent", String::new())],
        vec![("traceparent", PARENT[..54].to_owned())],
        vec![("traceparent", PARENT.to_uppercase())],
        vec![("traceparent", PARENT.replace("00-4", "ff-4"))],
        vec![("traceparent", zeros)],
        vec![("traceparent", PARENT.to_owned()), ("traceparent", PARENT.to_owned())],
        vec![("traceparent", long.clone())],
        vec![("traceparent", "-".repeat(512))],
        vec![("tracestate", many(10_000, "a=1"))],
        vec![("baggage", many(65, "a=1"))],
        vec![("baggage", "no pair".to_owned())],
        vec![("baggage", bomb)],
        vec![("baggage", "a=1".to_owned()); 1_000],
        vec![("x-correlation-id", long)],
        vec![("x-correlation-id", "two words".to_owned())],
        vec![("x-correlation-id", "a".to_owned()), ("x-correlation-id", "b".to_owned())],
    ];
    for lines in refused {
        let lines: Vec<(&'static str, &str)> = lines.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let headers = headers(&lines);
        let counted = allocations(|| drop(extract(&headers)));
        assert_eq!(counted, 0, "{} lines, {:.60?}", lines.len(), lines[0]);
        assert!(passed_on(&headers).is_empty(), "{:.60?}", lines[0]);
    }
}

#[test]
fn a_refused_state_leaves_the_parent_as_it_is() {
    let state = (0..10_000).map(|n| format!("k{n}=v")).collect::<Vec<_>>().join(",");
    let headers = headers(&[("traceparent", PARENT), ("tracestate", &state)]);
    let alone = self::headers(&[("traceparent", PARENT)]);
    let with_state = allocations(|| drop(extract(&headers)));
    assert_eq!(with_state, allocations(|| drop(extract(&alone))));
    assert_eq!(passed_on(&headers), alone);
}

#[test]
fn sampled_and_unsampled_stay_so() {
    for flags in ["00", "01"] {
        let parent = PARENT.replace("-01", &format!("-{flags}"));
        let headers = headers(&[("traceparent", &parent), ("tracestate", "rojo=1,congo=2")]);
        assert_eq!(passed_on(&headers), headers);
    }
}

#[test]
fn a_space_in_the_baggage_stays_a_space_and_is_never_written_as_a_plus() {
    let headers = headers(&[("baggage", "tenant=Acme%20Inc,plus=a:b+c;kept,form=Acme+Inc")]);
    let context = extract(&headers);
    assert_eq!(context.baggage().get("tenant").expect("the pair").as_str(), "Acme Inc");
    assert_eq!(context.baggage().get("plus").expect("the pair").as_str(), "a:b+c");
    assert_eq!(context.baggage().get("form").expect("the pair").as_str(), "Acme Inc", "as Python writes it");
    assert_eq!(passed_on(&headers)["baggage"], "form=Acme%20Inc,plus=a:b%2Bc;kept,tenant=Acme%20Inc");
}

/// A small generator of numbers (xorshift), so that a failure can be run again.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }

    fn one<'a>(&mut self, of: &[&'a [u8]]) -> &'a [u8] {
        of[self.below(of.len())]
    }

    /// Pieces of headers, good and bad, put together at random, then damaged.
    fn line(&mut self) -> Vec<u8> {
        const PIECES: [&[u8]; 24] = [
            b"00-",
            b"01-",
            b"ff-",
            b"4bf92f3577b34da6a3ce929d0e0e4736",
            b"-00f067aa0ba902b7",
            b"-01",
            b"-",
            b",",
            b"=",
            b";",
            b"%",
            b"%20",
            b"%zz",
            b"%ff",
            b" ",
            b"\t",
            b"key",
            b"a@b",
            b"UPPER",
            b"+",
            b"\xc3\xa9",
            b"\x80\xff",
            b"0",
            b"00000000000000000000000000000000",
        ];
        let mut line: Vec<u8> = (0..self.below(12)).flat_map(|_| self.one(&PIECES).to_vec()).collect();
        if self.below(3) == 0 {
            line = PARENT.as_bytes().to_vec();
        }
        if !line.is_empty() && self.below(2) == 0 {
            let place = self.below(line.len());
            line[place] = self.below(256) as u8;
        }
        if self.below(50) == 0 {
            line = line.repeat(1 + self.below(2_000));
        }
        line
    }
}

#[test]
fn whatever_comes_in_nothing_panics_and_what_goes_out_is_valid_and_stable() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let names = ["traceparent", "tracestate", "baggage", "x-correlation-id"];
    for round in 0..50_000 {
        let mut headers = HeaderMap::new();
        for _ in 0..1 + random.below(5) {
            let name = HeaderName::from_static(names[random.below(names.len())]);
            if let Ok(value) = HeaderValue::from_bytes(&random.line()) {
                headers.append(name, value);
            }
        }
        let mut out = HeaderMap::new();
        let counted = allocations(|| {
            let context = extract(&headers);
            let is_empty = !context.has_active_span() && context.baggage().is_empty();
            let _current = context.attach();
            if !is_empty {
                inject(&mut out);
            }
        });
        assert!(counted < 1_000, "round {round}: {counted} allocations");
        assert!(out.values().all(|value| value.to_str().is_ok()), "round {round}: {out:?}");
        assert_eq!(passed_on(&out), out, "round {round}: what we send, we read");
    }
}
