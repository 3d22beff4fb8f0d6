//! The ways to measure a function that the compiler is asked to compile.

use std::fmt::Write;

/// One way, as a crate of functions that all have it.
pub(crate) struct Variant {
    pub(crate) name: &'static str,
    pub(crate) crate_name: &'static str,
    pub(crate) dependencies: &'static str,
    /// Beside the functions.
    prelude: &'static str,
    attribute: &'static str,
    /// Around the body of a function: what stands before it, and after it.
    plain: [&'static str; 2],
    asynchronous: [&'static str; 2],
}

const BARE: Variant = Variant {
    name: "bare",
    crate_name: "bare",
    dependencies: "",
    prelude: "",
    attribute: "",
    plain: ["", ""],
    asynchronous: ["", ""],
};

/// Bare functions come first.
pub(crate) const ALL: [Variant; 6] = [
    BARE,
    Variant {
        name: "taximeter: #[observe]",
        crate_name: "with-taximeter",
        dependencies: "taximeter = { path = \"HOUSE/taximeter\", default-features = false }",
        attribute: "#[::taximeter::observe]",
        ..BARE
    },
    Variant {
        name: "tracing: #[instrument]",
        crate_name: "with-tracing",
        dependencies: "tracing = \"0.1\"",
        attribute: "#[::tracing::instrument(skip_all, err)]",
        ..BARE
    },
    Variant {
        name: "fastrace: #[trace]",
        crate_name: "with-fastrace",
        dependencies: "fastrace = { version = \"0.7\", features = [\"enable\"] }",
        attribute: "#[::fastrace::trace]",
        ..BARE
    },
    Variant {
        name: "autometrics",
        crate_name: "with-autometrics",
        dependencies: "autometrics = { version = \"3\", features = [\"prometheus\"] }",
        attribute: "#[::autometrics::autometrics]",
        ..BARE
    },
    Variant {
        name: "prometheus: by hand",
        crate_name: "by-hand",
        dependencies: "prometheus = { version = \"0.14\", default-features = false }",
        prelude: include_str!("../scratch/by_hand.rs"),
        plain: ["let call = Handles::start(&HANDLES); let ret = (move || {", "})(); call.end(ret.is_err()); ret"],
        asynchronous: [
            "let call = Handles::start(&HANDLES); let ret = async move {",
            "}.await; call.end(ret.is_err()); ret",
        ],
        ..BARE
    },
];

impl Variant {
    /// A crate with so many functions: half of them async, each with three arguments and a `Result`.
    pub(crate) fn source(&self, functions: usize) -> String {
        let mut source = format!("{}\n{}\n", include_str!("../scratch/work.rs"), self.prelude);
        for number in 0..functions {
            if number % 2 == 0 { self.plain(&mut source, number) } else { self.asynchronous(&mut source, number) }
        }
        uses(&mut source, functions);
        source
    }

    fn plain(&self, source: &mut String, number: usize) {
        let (attribute, statics, [before, after]) = (self.attribute, self.statics(number), self.plain);
        let _ = writeln!(
            source,
            "{attribute}
pub fn find_{number}(id: u64, key: &str, limit: usize) -> Result<Found, Odd> {{
    {statics}{before}
    let weight = weigh(key)?;
    if weight > limit {{
        return Err(Odd);
    }}
    Ok(Found(id.wrapping_add(weight as u64)))
    {after}
}}"
        );
    }

    fn asynchronous(&self, source: &mut String, number: usize) {
        let (attribute, statics, [before, after]) = (self.attribute, self.statics(number), self.asynchronous);
        let _ = writeln!(
            source,
            "{attribute}
pub async fn fetch_{number}(id: u64, key: &str, limit: usize) -> Result<Found, Odd> {{
    {statics}{before}
    let weight = weigh_later(key).await?;
    if weight > limit {{
        return Err(Odd);
    }}
    Ok(Found(id.wrapping_add(weight as u64)))
    {after}
}}"
        );
    }

    fn statics(&self, number: usize) -> String {
        if self.prelude.is_empty() {
            return String::new();
        }
        format!("static HANDLES: LazyLock<Handles> = LazyLock::new(|| Handles::of(\"operation_{number}\"));\n    ")
    }
}

/// Lists all functions. What nobody uses is left to the crates that may use it, and would not be compiled here.
fn uses(source: &mut String, functions: usize) {
    source.push_str("\npub static FIND: &[Find] = &[");
    for number in (0..functions).step_by(2) {
        let _ = write!(source, "find_{number}, ");
    }
    source.push_str("];\n\npub static FETCH: &[Fetch] = &[");
    for number in (1..functions).step_by(2) {
        let _ = write!(source, "|id, key, limit| Box::pin(fetch_{number}(id, key, limit)), ");
    }
    source.push_str("];\n");
}
