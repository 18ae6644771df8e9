"""Live Kubernetes objects as the operator remembers and compares them. Pure."""
