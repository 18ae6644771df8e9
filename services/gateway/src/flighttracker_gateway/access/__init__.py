"""Access: tokens, permissions, origins, shares of clients, and the logs about them."""
