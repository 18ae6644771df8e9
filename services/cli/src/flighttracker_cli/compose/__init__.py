"""`flighttracker compose`: a FlightTracker as a Compose file, for Docker without a cluster.

The services are translated from the objects that the operator would create (`flighttracker_operator.manifests`), so a
tracker has the same settings, servers, probes and limits in both. Low to high: `inputs`, `mounts` and `health_check`,
`containers`, `document`, `compose_text`, `command`. `setup` runs inside the made project.
"""
