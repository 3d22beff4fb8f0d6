//! `tracestate`: what the tracers on the way have noted, passed on as it came.

use opentelemetry::trace::TraceState;

use super::{members, within_cap};

/// The most members of the list (W3C Trace Context, 3.3.1.1).
const MEMBERS_CAP: usize = 32;
/// The most bytes of a key and of a value (3.3.1.3).
const PART_CAP: usize = 256;

/// The list of all lines together. One that breaks a rule is left out as a whole; the parent still counts.
pub(super) fn read<'a, L: Iterator<Item = &'a [u8]>>(lines: impl Fn() -> L) -> TraceState {
    if !within_cap(lines()) {
        return TraceState::default();
    }
    let all = || lines().flat_map(members);
    let is_valid = all().take(MEMBERS_CAP + 1).all(|member| split(member).is_some());
    if !is_valid || all().nth(MEMBERS_CAP).is_some() || has_duplicate(all) {
        return TraceState::default();
    }
    TraceState::from_key_value(all().filter_map(split)).unwrap_or_default()
}

/// At most 32 keys, so comparing each with each is quick, and nothing has to be kept for it.
fn has_duplicate<'a, M: Iterator<Item = &'a [u8]>>(members: impl Fn() -> M) -> bool {
    let keys = || members().filter_map(split).map(|(key, _)| key);
    keys().enumerate().any(|(place, key)| keys().take(place).any(|earlier| earlier == key))
}

fn split(member: &[u8]) -> Option<(&str, &str)> {
    let (key, value) = std::str::from_utf8(member).ok()?.split_once('=')?;
    (is_key(key) && is_value(value)).then_some((key, value))
}

/// `lcalpha 0*255( lcalpha / DIGIT / "_" / "-" / "*" / "/" )`, where a tenant id may begin with a digit and is followed by
/// `@` and a system id.
fn is_key(key: &str) -> bool {
    let is_plain =
        |part: &str| part.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'*' | b'/'));
    let begins_with_letter = |part: &str| part.starts_with(|first: char| first.is_ascii_lowercase());
    if key.len() > PART_CAP {
        return false;
    }
    match key.split_once('@') {
        None => is_plain(key) && begins_with_letter(key),
        Some((tenant, system)) => {
            let is_tenant = tenant.starts_with(|first: char| first.is_ascii_lowercase() || first.is_ascii_digit());
            is_tenant
                && tenant.len() <= 241
                && system.len() <= 14
                && begins_with_letter(system)
                && is_plain(tenant)
                && is_plain(system)
        }
    }
}

/// Visible characters and spaces without `,` and `=`, not ending with a space.
fn is_value(value: &str) -> bool {
    let is_plain = |byte: u8| matches!(byte, 0x20..=0x7e) && byte != b',' && byte != b'=';
    !value.is_empty() && value.len() <= PART_CAP && value.bytes().all(is_plain) && !value.ends_with(' ')
}

#[cfg(test)]
mod tests {
    fn read(lines: &[&str]) -> String {
        super::read(|| lines.iter().map(|line| line.as_bytes())).header()
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
