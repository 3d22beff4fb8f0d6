//! Holds expressions against what exists: the table of metrics in the code with the values of closed labels, what is
//! recorded from them, and what the other programs of the stack show.

use std::collections::{BTreeMap, BTreeSet};

use promql_parser::parser::{self, AggregateExpr, BinaryExpr, Call, Expr, LabelModifier, VectorSelector};
use taximeter::metrics::names::{self, Kind};

use crate::dashboards;
use crate::rules::{self, Objective, Rule};

/// Labels that Prometheus itself gives to every series it scrapes.
const OF_TARGETS: [&str; 2] = ["job", "instance"];

/// What programs that are not ours show: Prometheus about its scrapes, the node exporter.
const OF_OTHERS: &[(&str, &[&str])] = &[
    ("up", &[]),
    ("scrape_duration_seconds", &[]),
    ("scrape_samples_scraped", &[]),
    ("node_filesystem_avail_bytes", &["fstype", "mountpoint", "device"]),
    ("node_filesystem_size_bytes", &["fstype", "mountpoint", "device"]),
];

/// Every series that exists, with its labels.
#[derive(Debug)]
pub struct Known {
    series: BTreeMap<String, BTreeSet<String>>,
    /// The values of a label of a family, where the code has a closed list of them.
    values: BTreeMap<(String, String), &'static [&'static str]>,
}

impl Known {
    /// What there is when the rules for `objective` are loaded.
    pub fn with_rules(objective: &Objective) -> Self {
        let mut known = Self { series: BTreeMap::new(), values: BTreeMap::new() };
        for metric in names::ALL.iter().chain(names::SYSTEM) {
            let labels: Vec<&str> = metric.labels.iter().map(|label| label.name).collect();
            known.add_family(metric.name, metric.kind, &labels);
            for label in metric.labels.iter().filter(|label| !label.values.is_empty()) {
                known.values.insert((metric.name.to_owned(), label.name.to_owned()), label.values);
            }
        }
        for (name, labels) in OF_OTHERS {
            known.add(name, labels.iter().chain(&OF_TARGETS));
        }
        for rule in rules::groups(objective).iter().flat_map(|group| &group.rules) {
            if let Rule::Recorded(rule) = rule {
                known.add(&rule.name, &rule.labels);
            }
        }
        known
    }

    fn add_family(&mut self, name: &str, kind: Kind, labels: &[&str]) {
        let labels = labels.iter().chain(&OF_TARGETS);
        if kind != Kind::Histogram {
            return self.add(name, labels);
        }
        for suffix in ["_sum", "_count"] {
            self.add(&format!("{name}{suffix}"), labels.clone());
        }
        self.add(&format!("{name}_bucket"), labels.chain(&["le"]));
    }

    fn add<'a>(&mut self, name: &str, labels: impl IntoIterator<Item = &'a &'a str>) {
        self.series.insert(name.to_owned(), labels.into_iter().map(|label| (*label).to_owned()).collect());
    }

    /// The values that `label` of `series` can have; `None` when that is not known.
    fn values(&self, series: &str, label: &str) -> Option<&'static [&'static str]> {
        let of = |name: &str| self.values.get(&(name.to_owned(), label.to_owned())).copied();
        of(series).or_else(|| ["_bucket", "_count", "_sum"].iter().find_map(|end| of(series.strip_suffix(end)?)))
    }

    /// What is wrong with `expression`, in words: it does not parse, it names a series or a label that does not exist,
    /// or it joins what can never meet. Empty: nothing.
    ///
    /// ```
    /// use taximeter_deploy::unknown::Known;
    ///
    /// let known = Known::with_rules(&Default::default());
    /// assert!(known.faults("sum by (model) (rate(llm_cost_usd_total[5m]))").is_empty());
    /// assert_eq!(known.faults("llm_cost_eur_total"), ["there is no series `llm_cost_eur_total`"]);
    /// ```
    pub fn faults(&self, expression: &str) -> Vec<String> {
        let mut walk = Walk { known: self, faults: Vec::new() };
        match parser::parse(expression) {
            Ok(parsed) => drop(walk.labels(&parsed)),
            Err(error) => walk.faults.push(format!("`{expression}` cannot be read: {error}")),
        }
        walk.faults
    }
}

/// Everything in the rules for `objective` and in the dashboards that does not exist.
pub fn in_files(objective: &Objective) -> Vec<String> {
    let known = Known::with_rules(objective);
    let groups = rules::groups(objective);
    let rules = groups.iter().flat_map(|group| &group.rules).map(|rule| rule.expr().to_owned());
    rules.chain(dashboards::expressions()).flat_map(|expression| known.faults(&expression)).collect()
}

/// Those of the values `a|b` that are not known. What is a pattern, and not a word, is left alone.
fn unheard_of<'a>(values: &'a str, known: &[&str]) -> Vec<&'a str> {
    let is_word = |value: &str| value.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
    values.split('|').filter(|value| is_word(value) && !known.contains(value)).collect()
}

/// One walk through an expression, which finds the labels that each part of it can have.
struct Walk<'a> {
    known: &'a Known,
    faults: Vec<String>,
}

/// The labels of a vector; `None` for a number.
type Names = Option<BTreeSet<String>>;

impl Walk<'_> {
    fn labels(&mut self, expr: &Expr) -> Names {
        match expr {
            Expr::VectorSelector(selector) => self.of_series(selector),
            Expr::MatrixSelector(selector) => self.of_series(&selector.vs),
            Expr::Subquery(subquery) => self.labels(&subquery.expr),
            Expr::Paren(paren) => self.labels(&paren.expr),
            Expr::Unary(unary) => self.labels(&unary.expr),
            Expr::Aggregate(aggregate) => self.of_aggregate(aggregate),
            Expr::Call(call) => self.of_call(call),
            Expr::Binary(binary) => self.of_binary(binary),
            _ => None,
        }
    }

    fn of_series(&mut self, selector: &VectorSelector) -> Names {
        let name = selector.name.clone().unwrap_or_default();
        let Some(labels) = self.known.series.get(&name) else {
            self.faults.push(format!("there is no series `{name}`"));
            return Some(BTreeSet::new());
        };
        for matcher in &selector.matchers.matchers {
            if !labels.contains(&matcher.name) {
                self.faults.push(format!("`{name}` has no label `{}`", matcher.name));
            }
            for value in
                self.known.values(&name, &matcher.name).map_or(vec![], |known| unheard_of(&matcher.value, known))
            {
                self.faults.push(format!("`{}` of `{name}` is never `{value}`", matcher.name));
            }
        }
        Some(labels.clone())
    }

    fn of_aggregate(&mut self, aggregate: &AggregateExpr) -> Names {
        let inside = self.labels(&aggregate.expr).unwrap_or_default();
        // These pick series and leave them as they are.
        let picks = ["topk", "bottomk"].contains(&aggregate.op.to_string().as_str());
        match &aggregate.modifier {
            _ if picks => Some(inside),
            None => Some(BTreeSet::new()),
            Some(LabelModifier::Include(kept)) => {
                self.must_have(&inside, &kept.labels, &aggregate.expr);
                Some(kept.labels.iter().cloned().collect())
            }
            Some(LabelModifier::Exclude(left_out)) => {
                Some(inside.into_iter().filter(|label| !left_out.labels.contains(label)).collect())
            }
        }
    }

    fn of_call(&mut self, call: &Call) -> Names {
        let arguments = &call.args.args;
        let vectors: Vec<Names> = arguments.iter().map(|argument| self.labels(argument)).collect();
        let mut labels = vectors.into_iter().find_map(|labels| labels).unwrap_or_default();
        let text = |place: usize| match arguments.get(place).map(|argument| &**argument) {
            Some(Expr::StringLiteral(literal)) => literal.val.clone(),
            _ => String::new(),
        };
        match call.func.name {
            "scalar" | "time" => return None,
            "vector" | "absent" | "absent_over_time" => labels.clear(),
            "histogram_quantile" => {
                if let Some(about) = arguments.last() {
                    self.must_have(&labels, &["le".to_owned()], about);
                }
                labels.remove("le");
            }
            "label_replace" | "label_join" => {
                let sources = if call.func.name == "label_replace" { 3..4 } else { 3..arguments.len() };
                if let Some(about) = arguments.first() {
                    self.must_have(&labels, &sources.map(text).collect::<Vec<_>>(), about);
                }
                labels.insert(text(1));
            }
            _ => {}
        }
        Some(labels)
    }

    fn of_binary(&mut self, binary: &BinaryExpr) -> Names {
        let (left, right) = (self.labels(&binary.lhs), self.labels(&binary.rhs));
        let (Some(left), Some(right)) = (left.clone(), right.clone()) else { return left.or(right) };
        let operator = binary.op.to_string();
        let matching = binary.modifier.as_ref().and_then(|modifier| modifier.matching.as_ref());
        match matching {
            Some(LabelModifier::Include(on)) => {
                self.must_have(&left, &on.labels, &binary.lhs);
                self.must_have(&right, &on.labels, &binary.rhs);
            }
            None if operator != "or" && left != right => {
                self.faults.push(format!(
                    "`{}` and `{}` have no labels in common that match: {left:?}, {right:?}",
                    binary.lhs, binary.rhs
                ));
            }
            _ => {}
        }
        Some(if operator == "or" { &left | &right } else { left })
    }

    fn must_have(&mut self, labels: &BTreeSet<String>, wanted: &[String], expr: &Expr) {
        for label in wanted.iter().filter(|label| !labels.contains(*label)) {
            self.faults.push(format!("`{expr}` has no label `{label}`"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(expression: &str) -> Vec<String> {
        Known::with_rules(&Objective::default()).faults(expression)
    }

    #[test]
    fn the_rules_and_dashboards_name_only_what_exists() {
        for objective in ["99.9", "99.999", "90", "50"] {
            assert_eq!(in_files(&objective.parse().expect("an objective")), Vec::<String>::new(), "{objective}");
        }
    }

    #[test]
    fn a_name_or_a_label_that_does_not_exist_is_found() {
        assert_eq!(faults("rate(operation_errors[5m])"), ["there is no series `operation_errors`"]);
        assert_eq!(faults("up{region=\"eu\"}"), ["`up` has no label `region`"]);
        assert_eq!(faults("sum by (model) (rate(operation_errors_total[5m]))").len(), 1);
        assert_eq!(faults("histogram_quantile(0.9, sum by (job) (operation_duration_seconds_bucket))").len(), 1);
        assert_eq!(faults("label_replace(up, \"a\", \"$1\", \"b\", \"(.*)\")").len(), 1);
    }

    #[test]
    fn a_value_that_no_label_has_is_found() {
        let never = ["`status` of `operation_duration_seconds_count` is never `sucess`"];
        assert_eq!(faults("operation_duration_seconds_count{status=\"sucess\"}"), never);
        assert_eq!(faults("operation_duration_seconds_count{status=~\"error|sucess\"}"), never);
        assert_eq!(faults("operation_duration_seconds_count{status!=\"sucess\"}"), never);
        assert_eq!(faults("llm_tokens_total{token_type=\"input\"}").len(), 1);
        assert_eq!(faults("llm_token_details_total{token_detail=\"cached\"}").len(), 1);
        assert_eq!(faults("llm_unpriced_requests_total{reason=\"unknown\"}").len(), 1);
        assert_eq!(faults("llm_budget_usd{window=\"week\"}").len(), 1);
        assert_eq!(faults("taximeter_internal_errors_total{kind=\"panic\"}").len(), 1);
        assert_eq!(faults("llm_requests_total{status=~\"err.*\", model=\"any\"}"), Vec::<String>::new());
    }

    #[test]
    fn what_can_never_meet_is_found() {
        // The label `status` is on the left alone, so no series has a partner and the ratio is always empty.
        let never = "rate(operation_duration_seconds_count[5m]) / rate(operations_in_flight[5m])";
        assert_eq!(faults(never).len(), 1);
        assert_eq!(faults("up and on (job) sum by (job) (up)"), Vec::<String>::new());
    }

    #[test]
    fn what_cannot_be_read_is_found() {
        assert_eq!(faults("rate(up)").len(), 1);
        assert_eq!(faults("sum by (job (up)").len(), 1);
    }
}
