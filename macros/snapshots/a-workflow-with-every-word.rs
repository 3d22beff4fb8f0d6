#[workflow(
    name = "orders.place",
    id = order.id,
    correlation_id = request.id(),
    feature = "checkout",
    data(user_tier = tier, size = %order.size, all = ?order),
    baggage(tenant = tenant.name)
)]
fn place(order: &Order, request: &Request, tier: Tier, tenant: &Tenant) -> Result<(), Error> {
    send(order)
}
