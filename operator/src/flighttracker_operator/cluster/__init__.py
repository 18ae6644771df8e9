"""The Kubernetes API: requests, watches and the resync. No other package connects to an API server."""
