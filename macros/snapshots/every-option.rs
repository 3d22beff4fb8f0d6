#[observe(
    name = "orders.place",
    kind = "server",
    level = "debug",
    target = "shop",
    parent = &order.span,
    follows_from = order.causes(),
    fields(user.id = order.user, size = order.items.len(), address = %order.address, note = ?order.note),
    capture(currency, ret),
    labels(tier = order.tier, retried = order.attempt() > 1),
    none = "error",
    error_type = |error| error.code(),
    ok_if = is_expected,
    buckets = [0.1, 1, 2.5]
)]
fn place(order: &Order, #[cfg(feature = "currency")] currency: Currency) -> Result<Option<Receipt>, Error> {
    order.book(currency)
}
