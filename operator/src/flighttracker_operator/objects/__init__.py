"""Live Kubernetes objects: the store, kinds, owners, drift and ingress hosts. Pure."""
