"""`flighttracker validate`: checks every FlightTracker in files, and reports as text or as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple

import click

from flighttracker.errors import SpecError, SpecMistake, StartError
from flighttracker.redaction import redacted
from flighttracker.spec import KIND, FlightTracker, ParsedResource, warnings_of, write_tracker
from flighttracker_cli.defaults import with_defaults
from flighttracker_cli.summary import summarize
from flighttracker_cli.tracker_file import read_resources, show_mistakes

Output = Literal["text", "json"]


class Checked(NamedTuple):
    """A resource of a file; without one, why the file has none."""

    file: str
    resource: ParsedResource | None
    mistakes: tuple[SpecMistake, ...]
    error: str = ""

    @property
    def is_valid(self) -> bool:
        """Whether nothing is wrong with it."""
        return not self.mistakes and not self.error


def run_validate(files: Iterable[str], *, with_all_defaults: bool, output: Output) -> bool:
    """Check and report the resources of files; return whether all are valid.

    Args:
        files: their names; `-` is standard input.
        with_all_defaults: whether to print each valid resource with its defaults instead of a summary.
        output: the format.
    """
    is_valid, objects, is_first = True, [], True
    for checked in _checked(files):
        is_valid &= checked.is_valid
        if output == "json":
            objects.append(_json(checked, with_all_defaults=with_all_defaults))
            continue
        _report_mistakes(checked)
        tracker = checked.resource.tracker if checked.resource else None
        if tracker is not None and with_all_defaults:
            click.echo(("" if is_first else "---\n") + write_tracker(with_defaults(tracker)), nl=False)
            is_first = False
        elif checked.is_valid and not with_all_defaults:
            _summarize(checked)
    if output == "json":
        click.echo(json.dumps(objects, indent=2, ensure_ascii=False))
    return is_valid


def _checked(files: Iterable[str]) -> Iterator[Checked]:
    for file in files:
        try:
            yield from (Checked(file, resource, resource.mistakes) for resource in read_resources(file))
        except SpecError as error:
            yield Checked(file, None, error.mistakes)
        except StartError as error:
            yield Checked(file, None, (), str(error))


def _report_mistakes(checked: Checked) -> None:
    for line in show_mistakes(checked.file, checked.mistakes):
        click.echo(line, err=True)
    if checked.error:
        click.echo(checked.error, err=True)
    for warning in _warnings(checked):
        click.echo(f"{checked.file}: warning: {warning}", err=True)


def _warnings(checked: Checked) -> list[str]:
    tracker = checked.resource.tracker if checked.resource else None
    return [] if tracker is None else [str(warning) for warning in warnings_of(tracker)]


def _summarize(checked: Checked) -> None:
    assert checked.resource is not None
    tracker = checked.resource.tracker
    if tracker is None:
        click.echo(f"{checked.file}: skipped: {checked.resource.kind} '{checked.resource.name}' is not a {KIND}")
        return
    click.echo(f"{checked.file}: valid: {KIND} '{tracker.metadata.name}'")
    for part, words in summarize(tracker):
        click.echo(f"  {part:<9} {words}")


def _json(checked: Checked, *, with_all_defaults: bool) -> dict[str, Any]:
    """Return what is known of a resource; `is_skipped` is true for one of another kind."""
    resource = checked.resource
    tracker = resource.tracker if resource else None
    found = {
        "file": checked.file,
        "line": resource.line if resource else 0,
        "kind": resource.kind if resource else "",
        "name": resource.name if resource else "",
        "is_valid": checked.is_valid,
        "is_skipped": checked.is_valid and tracker is None,
        "mistakes": [_mistake(mistake) for mistake in checked.mistakes],
        "warnings": _warnings(checked),
    }
    if checked.error:
        found["mistakes"] = [{"line": 0, "path": "", "value": "", "message": checked.error}]
    if tracker is not None and with_all_defaults:
        found["resource"] = _with_defaults(tracker)
    return found


def _mistake(mistake: SpecMistake) -> dict[str, Any]:
    value = redacted(mistake.value)
    return {"line": mistake.line, "path": mistake.path, "value": value, "message": str(mistake)}


def _with_defaults(tracker: FlightTracker) -> dict[str, Any]:
    return with_defaults(tracker).model_dump(mode="json", exclude_none=True)
