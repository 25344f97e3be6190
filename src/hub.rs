//! The latest facts for any number of readers.

use std::sync::Arc;

use tokio::sync::watch;

use crate::live::board::Board;

/// Hands the latest board to who asks, and wakes who waits.
#[derive(Debug)]
pub struct Hub {
    sender: watch::Sender<Arc<Board>>,
}

impl Hub {
    /// A hub that begins with this board.
    #[must_use]
    pub fn new(first: Board) -> Self {
        Self { sender: watch::Sender::new(Arc::new(first)) }
    }

    /// Replaces the board.
    pub fn publish(&self, board: Board) {
        self.sender.send_replace(Arc::new(board));
    }

    /// The latest board.
    #[must_use]
    pub fn board(&self) -> Arc<Board> {
        Arc::clone(&self.sender.borrow())
    }

    /// A receiver that is woken by each new board.
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<Arc<Board>> {
        self.sender.subscribe()
    }
}
