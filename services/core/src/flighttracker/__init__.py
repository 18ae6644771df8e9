"""Code that several roles share: the record, the frame, the resource, the settings and the bus."""
