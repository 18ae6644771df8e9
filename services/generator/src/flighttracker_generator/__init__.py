"""The generator: aircraft positions, simulated or from receivers, on their way to the bus."""
