//! Headers come from strangers: whatever they send, nothing panics, and what is refused costs no memory.

use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::baggage::BaggageExt;
use taximeter::http::extract;
use taximeter_tests::allocations::{Counting, Used};
use taximeter_tests::header_rules::{NAMES, must_hold, passed_on};
use taximeter_tests::random::Random;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
    let line = |(name, value): &(&'static str, &str)| {
        (HeaderName::from_static(name), HeaderValue::from_bytes(value.as_bytes()).expect("a value that HTTP can carry"))
    };
    let mut headers = HeaderMap::new();
    lines.iter().map(line).for_each(|(name, value)| _ = headers.append(name, value));
    headers
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
        let used = Used::by(|| drop(extract(&headers)));
        assert_eq!(used, Used::default(), "{} lines, {:.60?}", lines.len(), lines[0]);
        assert!(passed_on(&headers).is_empty(), "{:.60?}", lines[0]);
    }
}

#[test]
fn a_refused_state_leaves_the_parent_as_it_is() {
    let state = (0..10_000).map(|n| format!("k{n}=v")).collect::<Vec<_>>().join(",");
    let headers = headers(&[("traceparent", PARENT), ("tracestate", &state)]);
    let alone = self::headers(&[("traceparent", PARENT)]);
    let with_state = Used::by(|| drop(extract(&headers)));
    assert_eq!(with_state, Used::by(|| drop(extract(&alone))));
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

/// Pieces of headers, good and bad, put together at random, then damaged.
fn line(random: &mut Random) -> Vec<u8> {
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
    let pieces = random.below(12);
    let mut line: Vec<u8> = (0..pieces).flat_map(|_| random.pick(&PIECES).to_vec()).collect();
    if random.below(3) == 0 {
        line = PARENT.as_bytes().to_vec();
    }
    if !line.is_empty() && random.below(2) == 0 {
        let place = random.below(line.len() as u64) as usize;
        line[place] = random.below(256) as u8;
    }
    if random.below(50) == 0 {
        line = line.repeat(1 + random.below(2_000) as usize);
    }
    line
}

/// `fuzz_headers` goes on where this ends.
#[test]
fn whatever_comes_in_nothing_panics_and_what_goes_out_is_valid_and_stable() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..50_000 {
        let count = 1 + random.below(5);
        let lines: Vec<_> = (0..count).map(|_| (*random.pick(&NAMES), line(&mut random))).collect();
        must_hold(&taximeter_tests::header_rules::headers(&lines));
    }
}
