#[observe(level = "debug")]
impl Shop {
    const SIZE: usize = 1;

    fn place(&self, order: &Order) {
        self.orders.push(order);
    }

    #[observe(skip)]
    fn id(&self) -> u8 {
        self.id
    }

    #[workflow(name = "shop.close")]
    async fn close(self) {
        self.sweep().await;
    }
}
