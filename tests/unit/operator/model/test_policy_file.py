"""Tests of the policy file: omitted fields have their defaults, and unknown fields are errors."""

from __future__ import annotations

from pathlib import Path

import pytest

from flighttracker.errors import UserError
from flighttracker_operator.model.policy import Egress, Policy, read_policy


def test_a_policy_file_changes_only_the_fields_that_it_sets(tmp_path: Path) -> None:
    file = tmp_path / "policy.json"
    file.write_text('{"priorityClasses": ["maps"], "egress": {"enabled": false}}', encoding="utf-8")
    assert read_policy(file) == Policy(priority_classes=("maps",), egress=Egress(enabled=False))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"imagePrefixes": []}', "unknown field `imagePrefixes`"),
        ('{"hosts": "example.org"}', "Expected `array`, got `str`"),
        ('{"egress": {"deny": []}}', "unknown field `deny` - at `$.egress`"),
        ('{"egress": {"deniedNetworks": ["10.0.0.1/8"]}}', "10.0.0.1/8 has host bits set"),
        ('{"egress": {"deniedNetworks": ["0.0.0.0/0"]}}', "0.0.0.0/0 is every address"),
        ("", "truncated"),
    ],
)
def test_an_invalid_policy_file_stops_the_operator(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "policy.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match="is not a policy") as caught:
        read_policy(file)
    assert words in str(caught.value)


def test_a_missing_policy_file_stops_the_operator(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="No such file"):
        read_policy(tmp_path / "absent.json")
