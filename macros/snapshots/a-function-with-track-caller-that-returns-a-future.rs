#[observe]
#[track_caller]
fn fetch(id: u32) -> impl Future<Output = Result<Page, Error>> {
    let caller = Location::caller();
    async move { load(id, caller).await }
}
