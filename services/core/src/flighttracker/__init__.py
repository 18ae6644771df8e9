"""What two or more roles share: the record, the frame, the resource, the settings and the bus."""
