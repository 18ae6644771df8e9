"""Reconciles each FlightTracker with its objects."""
