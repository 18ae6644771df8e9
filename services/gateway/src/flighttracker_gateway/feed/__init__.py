"""Where the picture of a gateway comes from."""
