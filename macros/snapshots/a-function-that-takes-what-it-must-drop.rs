#[observe]
fn store(_lock: Guard, page: Page, #[cfg(feature = "audit")] audit: Audit, unused: Vec<u8>, size: usize) -> usize {
    write(&page, size);
    #[cfg(feature = "audit")]
    audit.note(&page);
    size
}
