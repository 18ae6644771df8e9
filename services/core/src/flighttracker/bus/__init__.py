"""How roles communicate: the interface is in `base`, each backend in its own module."""
