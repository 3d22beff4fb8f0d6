#[observe]
async fn serve(socket: &Socket) -> ! {
    loop {
        socket.answer().await;
    }
}
