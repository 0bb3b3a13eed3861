//! Asking many rooms at once, each with the same short deadline.

use std::time::Duration;

use futures_util::future::join_all;

/// How long a room may take to say something for the dashboard or for a question; a late one is "unknown".
pub const GLANCE_MAX: Duration = Duration::from_millis(300);

/// A room's answer, or `None` when it was late.
pub async fn within<T>(limit: Duration, ask: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(limit, ask).await.ok()
}

/// All at once; the whole takes no longer than the slowest that was in time.
pub async fn all<T>(asks: Vec<futures_util::future::BoxFuture<'_, T>>) -> Vec<Option<T>> {
    join_all(asks.into_iter().map(|ask| within(GLANCE_MAX, ask))).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_silent_room_costs_its_limit_and_nobody_elses_answer() {
        let started = tokio::time::Instant::now();
        let answers =
            all(vec![Box::pin(async { 1 }), Box::pin(std::future::pending()), Box::pin(async { 3 })]).await;
        assert_eq!(answers, vec![Some(1), None, Some(3)]);
        assert_eq!(started.elapsed(), GLANCE_MAX);
    }
}
