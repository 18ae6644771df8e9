"""Probes and metrics of the operator."""
