"""Checks a tracker against the policy of the cluster's administrator. Pure."""

from flighttracker_operator.policy.verdict import Verdict, Violation, verdict

__all__ = ["Verdict", "Violation", "verdict"]
