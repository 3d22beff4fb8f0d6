//! `tracestate`: what the tracers on the way have noted, passed on as it came.

use opentelemetry::trace::TraceState;

use super::Carrier;
use super::lines::{Lines, members};

/// The most members of the list (W3C Trace Context, 3.3.1.1).
const MEMBERS_CAP: usize = 32;
/// The most bytes of a key and of a value (3.3.1.3).
const PART_CAP: usize = 256;

/// The list of all lines together. One that breaks a rule is left out as a whole; the parent still counts.
pub(super) fn read<C: Carrier + ?Sized>(lines: &Lines<'_, C>) -> TraceState {
    let mut pairs = [("", ""); MEMBERS_CAP];
    let known = fill(&mut pairs, lines).unwrap_or_default();
    TraceState::from_key_value(known.iter().copied()).unwrap_or_default()
}

/// The pairs of the members, of which each key may be there once. At most 32, so comparing each with each is quick, and
/// what is refused has allocated nothing.
fn fill<'p, 'a, C: Carrier + ?Sized>(
    pairs: &'p mut [(&'a str, &'a str); MEMBERS_CAP],
    lines: &Lines<'a, C>,
) -> Option<&'p [(&'a str, &'a str)]> {
    let mut count = 0;
    lines.length()?;
    lines.each(|line| {
        for member in members(line) {
            let (key, value) = split(member)?;
            let is_known = pairs.iter().take(count).any(|(known, _)| *known == key);
            *pairs.get_mut(count).filter(|_| !is_known)? = (key, value);
            count += 1;
        }
        Some(())
    })?;
    pairs.get(..count)
}

/// As it is sent, if there is anything.
pub(super) fn written(state: &TraceState) -> Option<String> {
    let length: usize = state.into_iter().map(|(key, value)| key.len() + value.len() + 2).sum();
    let mut line = String::with_capacity(length.saturating_sub(1));
    for (key, value) in state {
        if !line.is_empty() {
            line.push(',');
        }
        line.push_str(key);
        line.push('=');
        line.push_str(value);
    }
    (!line.is_empty()).then_some(line)
}

fn split(member: &[u8]) -> Option<(&str, &str)> {
    let (key, value) = member.split_at_checked(member.iter().position(|byte| *byte == b'=')?)?;
    let value = value.get(1..)?;
    if !is_key(key) || !is_value(value) {
        return None;
    }
    std::str::from_utf8(member).ok()?.split_at_checked(key.len()).and_then(|(key, value)| Some((key, value.get(1..)?)))
}

/// `lcalpha 0*255( lcalpha / DIGIT / "_" / "-" / "*" / "/" )`, where a tenant id may begin with a digit and is followed by
/// `@` and a system id.
fn is_key(key: &[u8]) -> bool {
    let is_plain = |byte: &u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'*' | b'/');
    let begins_with_letter = |part: &[u8]| part.first().is_some_and(u8::is_ascii_lowercase);
    if key.len() > PART_CAP {
        return false;
    }
    let Some(at) = key.iter().position(|byte| *byte == b'@') else {
        return begins_with_letter(key) && key.iter().all(is_plain);
    };
    let (tenant, system) = (key.get(..at).unwrap_or_default(), key.get(at + 1..).unwrap_or_default());
    let is_tenant = tenant.first().is_some_and(|first| first.is_ascii_lowercase() || first.is_ascii_digit());
    is_tenant
        && tenant.len() <= 241
        && system.len() <= 14
        && begins_with_letter(system)
        && tenant.iter().chain(system).all(is_plain)
}

/// Visible characters and spaces without `,` and `=`, not ending with a space.
fn is_value(value: &[u8]) -> bool {
    let is_plain = |byte: &u8| matches!(byte, 0x20..=0x2b | 0x2d..=0x3c | 0x3e..=0x7e);
    (1..=PART_CAP).contains(&value.len()) && value.iter().all(is_plain) && value.last() != Some(&b' ')
}

#[cfg(test)]
mod tests {
    use crate::propagation::lines::Lines;

    fn read(lines: &[&str]) -> String {
        let carrier: Vec<(&str, &str)> = lines.iter().map(|line| ("tracestate", *line)).collect();
        super::read(&Lines::of(&carrier, "tracestate")).header()
    }

    #[test]
    fn the_lines_of_the_header_are_one_list() {
        assert_eq!(
            read(&["rojo=00f067aa0ba902b7,\tcongo=t61 rcWk ", "", "fw529a3039@dt=x, ,"]),
            "rojo=00f067aa0ba902b7,congo=t61 rcWk,fw529a3039@dt=x"
        );
    }

    #[test]
    fn a_list_that_breaks_a_rule_is_left_out() {
        let many = |count: usize| (0..count).map(|n| format!("k{n}=v")).collect::<Vec<_>>().join(",");
        assert_eq!(read(&[&many(32)]), many(32));
        let long = format!("k={}", "v".repeat(257));
        let huge = vec![long.as_str(); 40];
        for bad in [
            &[many(33).as_str()][..],
            &[&many(10_000)],
            &["a=1,a=2"],
            &["Foo=1"],
            &["foo"],
            &["foo="],
            &["foo=a=b"],
            &["foo=\u{7f}"],
            &["@dt=1"],
            &["a@=1"],
            &["9a=1"],
            &[&long],
            &huge,
            &["fö=1"],
        ] {
            assert_eq!(read(bad), "", "{:.60}", bad[0]);
        }
    }
}
