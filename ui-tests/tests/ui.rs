//! Every function shape that the attributes accept, and every mistake that they refuse.
//!
//! `TRYBUILD=overwrite cargo test -p taximeter-ui-tests` writes the messages of `fail/` anew.

#[test]
fn attributes_accept_and_refuse() {
    let cases = trybuild::TestCases::new();
    cases.pass("pass/*/*.rs");
    cases.compile_fail("fail/*/*.rs");
}
