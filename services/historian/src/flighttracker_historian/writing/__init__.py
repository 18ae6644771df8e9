"""Writes the history: reads the position log, thins it, and stores files exactly once."""
