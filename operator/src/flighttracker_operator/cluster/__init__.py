"""The Kubernetes API: requests, watches and the local store."""
