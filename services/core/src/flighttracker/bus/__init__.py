"""How roles talk to each other: `base` is the interface, one module for each backend."""
