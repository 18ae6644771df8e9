"""One message to many sockets."""
