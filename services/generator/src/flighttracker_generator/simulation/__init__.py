"""Simulated traffic: a fleet of aircraft that fly schedules between real airports."""
