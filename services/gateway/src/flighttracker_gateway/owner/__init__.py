"""Owns shards of the position log and encodes their frames."""
