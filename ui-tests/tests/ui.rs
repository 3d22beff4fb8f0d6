//! Every function shape that the attributes accept, and every mistake that they refuse.
//!
//! `TRYBUILD=overwrite cargo test -p taximeter-ui-tests` writes the messages of `fail/` anew.

use taximeter_ui_tests::shapes;

#[test]
fn attributes_accept_and_refuse() {
    let cases = trybuild::TestCases::new();
    cases.pass("pass/*/*.rs");
    cases.pass(shapes::bare(shapes::LINTS, env!("CARGO_TARGET_TMPDIR")));
    for attribute in ["workflow", "llm_cost"] {
        cases.pass(shapes::under(attribute, &["observe", "edition-2024"], env!("CARGO_TARGET_TMPDIR")));
    }
    cases.compile_fail("fail/*/*.rs");
}
