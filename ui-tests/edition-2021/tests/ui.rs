//! Every function shape that the attributes accept, in edition 2021.

use taximeter_ui_tests::shapes;

#[test]
fn attributes_accept_the_shapes_of_edition_2021() {
    let cases = trybuild::TestCases::new();
    for folder in ["derives", "llm_cost", "observe", "workflow"] {
        cases.pass(format!("../pass/{folder}/*.rs"));
    }
    cases.pass(shapes::bare(shapes::LINTS, env!("CARGO_TARGET_TMPDIR")));
    for attribute in ["workflow", "llm_cost"] {
        cases.pass(shapes::under(attribute, &["observe"], env!("CARGO_TARGET_TMPDIR")));
    }
}
