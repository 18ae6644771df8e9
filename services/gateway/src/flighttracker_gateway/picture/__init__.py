"""Every shard as viewers see it."""
