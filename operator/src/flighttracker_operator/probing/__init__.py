"""Reads the state of running pods over HTTP."""
