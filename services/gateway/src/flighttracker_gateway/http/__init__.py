"""REST, page and TLS."""
