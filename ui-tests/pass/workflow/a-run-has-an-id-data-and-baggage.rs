#![deny(warnings)]

use taximeter::{Workflow, observe, workflow};

struct Order {
    id: u64,
    tier: &'static str,
}

#[workflow(
    name = "orders.place",
    id = order.id,
    correlation_id = format!("order-{}", order.id),
    feature = "checkout",
    data(user_tier = order.tier, size = %order.id, kind = ?Some(1)),
    baggage(tenant = tenant)
)]
fn place(order: Order, tenant: String) -> (String, String) {
    drop(order);
    let run = Workflow::current().expect("inside of a workflow");
    assert_eq!((run.id(), run.correlation_id(), run.causation_id()), ("17", "order-17", None));
    assert_eq!(run.data("user_tier").map(|tier| tier.to_string()).as_deref(), Some("gold"));
    assert_eq!(run.data("kind").map(|kind| kind.to_string()).as_deref(), Some("Some(1)"));
    (tenant, seen())
}

#[workflow]
fn seen() -> String {
    let run = Workflow::current().expect("inside of a workflow");
    assert_eq!((run.correlation_id(), run.causation_id()), ("order-17", Some("17")));
    taximeter::baggage("tenant").unwrap_or_default()
}

#[observe(db(system = "sqlite", operation = "SELECT", table = TABLE, statement = format!("SELECT {id}")))]
fn find(id: u64) -> Result<Vec<u64>, String> {
    Ok(vec![id])
}

const TABLE: &str = "users";

fn main() {
    let order = Order { id: 17, tier: "gold" };
    assert_eq!(place(order, "Acme Inc".to_owned()), ("Acme Inc".to_owned(), "Acme Inc".to_owned()));
    assert_eq!(find(7), Ok(vec![7]));
}
