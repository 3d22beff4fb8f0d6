#[observe(name = "cache.clear")]
pub(crate) fn clear(cache: &mut Cache) {
    cache.entries.clear();
    cache.size = 0;
}
