//! Reads mutated headers for as many seconds as it is told, counts what they make it allocate, and ends with a panic at the
//! first that breaks a rule.
//!
//! `cargo run --release --package taximeter-tests --bin fuzz_headers -- 600 [SEED]`

use taximeter_tests::allocations::Counting;
use taximeter_tests::fuzz;
use taximeter_tests::header_rules::{NAMES, headers, must_hold};
use taximeter_tests::random::Random;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

type Lines = Vec<(&'static str, Vec<u8>)>;

fn main() {
    let corpus = corpus();
    fuzz::run(|random| request(&corpus, random), |lines| must_hold(&headers(lines)), describe);
}

fn describe(lines: &Lines) -> String {
    let line = |(name, value): &(&str, Vec<u8>)| format!("{name}: {}", value.escape_ascii());
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Requests as they come: usual ones, and what the texts forbid.
fn corpus() -> Vec<Lines> {
    let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let list = |count: usize, one: &dyn Fn(usize) -> String| (0..count).map(one).collect::<Vec<_>>().join(",");
    let requests: Vec<Vec<(&'static str, String)>> = vec![
        vec![("traceparent", parent.to_owned())],
        vec![
            ("traceparent", parent.replace("-01", "-00")),
            ("tracestate", "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE".to_owned()),
            ("baggage", "tenant=Acme%20Inc,tier=gold;kept;a=b,form=Acme+Inc,time=10:30+01:00".to_owned()),
            ("x-correlation-id", "01a1fdaf-4fea-7266-99b7-22220ab6c146".to_owned()),
        ],
        vec![("traceparent", parent.replace("00-4", "cc-4") + "-what-the-future-brings")],
        vec![("traceparent", parent.to_uppercase())],
        vec![("traceparent", parent.replace("00-4", "ff-4"))],
        vec![("traceparent", parent.replace("4bf92f3577b34da6a3ce929d0e0e4736", &"0".repeat(32)))],
        vec![("traceparent", parent.replace("00f067aa0ba902b7", &"0".repeat(16)))],
        vec![("traceparent", "-".repeat(512))],
        vec![("traceparent", parent.to_owned()), ("traceparent", parent.to_owned())],
        vec![
            ("traceparent", parent.to_owned()),
            ("tracestate", list(32, &|n| format!("k{n}=v"))),
            ("tracestate", "fw529a3039@dt=x, ,".to_owned()),
        ],
        vec![("traceparent", parent.to_owned()), ("tracestate", list(10_000, &|n| format!("k{n}=v")))],
        vec![("traceparent", parent.to_owned()), ("tracestate", format!("a={}", "v".repeat(256)))],
        vec![("baggage", list(64, &|n| format!("k{n}=v")))],
        vec![("baggage", list(65, &|n| format!("k{n}=v")))],
        vec![("baggage", format!("k={}", "%41".repeat(2_700)))],
        vec![("baggage", format!("k={}", "%41".repeat(100_000)))],
        vec![("baggage", "k=%ff%0a%zz%,j=%E2%82%AC".to_owned())],
        vec![("baggage", "a=1".to_owned()); 1_000],
        vec![("x-correlation-id", "a".repeat(129))],
        vec![("x-correlation-id", "two words".to_owned())],
    ];
    let bytes = |(name, value): (&'static str, String)| (name, value.into_bytes());
    requests.into_iter().map(|lines| lines.into_iter().map(bytes).collect()).collect()
}

/// Some lines of the corpus, changed in places.
fn request(corpus: &[Lines], random: &mut Random) -> Lines {
    let mut lines = random.pick(corpus).clone();
    for _ in 0..random.below(3) {
        lines.extend(random.pick(corpus).iter().take(4).cloned());
    }
    for _ in 0..random.below(6) {
        let place = random.below(lines.len() as u64) as usize;
        match random.below(8) {
            0 => lines.push(lines[place].clone()),
            1 => lines[place].0 = *random.pick::<&'static str>(&NAMES),
            2 if lines.len() > 1 => drop(lines.remove(place)),
            _ => mutate(&mut lines[place].1, corpus, random),
        }
    }
    lines
}

/// Changes one place in a line, between its marks rather than anywhere.
fn mutate(line: &mut Vec<u8>, corpus: &[Lines], random: &mut Random) {
    const PIECES: [&[u8]; 18] = [
        b"",
        b",",
        b"=",
        b";",
        b"%",
        b"%20",
        b"%zz",
        b"%ff",
        b"+",
        b" ",
        b"\t",
        b"@",
        b"-",
        b"0",
        b"\xc3\xa9",
        b"\x80",
        b"key=value,",
        b"a=",
    ];
    let (from, to) = (place(line, random), place(line, random));
    let (from, to) = (from.min(to), from.max(to));
    let piece: Vec<u8> = match random.below(6) {
        0 => vec![random.below(256) as u8],
        1 => line[from..to].to_ascii_uppercase(),
        2 => line[from..to].repeat(random.below(4) as usize),
        3 => line[from..to].repeat(random.below(300) as usize),
        4 => {
            let lines: &Lines = random.pick(corpus);
            let (_, other) = random.pick(lines);
            let (a, b) = (place(other, random), place(other, random));
            other[a.min(b)..a.max(b)].to_vec()
        }
        _ => random.pick(&PIECES).to_vec(),
    };
    // Longer lines than a server takes would only take time.
    if line.len() + piece.len() < 1 << 20 {
        line.splice(from..to, piece);
    }
}

/// A place in a line: mostly at a mark.
fn place(line: &[u8], random: &mut Random) -> usize {
    let anywhere = random.below(line.len() as u64 + 1) as usize;
    let is_mark = |byte: &u8| b",=;%-@+ ".contains(byte);
    let next = line[anywhere..].iter().take(64).position(is_mark).map_or(anywhere, |next| anywhere + next);
    if random.below(4) == 0 { anywhere } else { next + random.below(2).min((line.len() - next) as u64) as usize }
}
