"""The Kubernetes API: requests, watches and the resync. Nothing else talks to an API server."""
