"""The operator: FlightTracker resources become running trackers."""
