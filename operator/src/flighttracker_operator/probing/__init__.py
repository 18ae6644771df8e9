"""Asks running pods for their state."""
