"""`Losses`: the records and fields of one answer that could not be used, by reason, with examples. Pure.

The readers of answers fill it, `polling` counts and logs it. A field that cannot be used is left unknown and the
record is kept; a record that cannot be used is left out and the answer is kept.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

_EXAMPLE_CHARACTERS: Final = 80
REPORT_INTERVAL_MS: Final = 600_000


class Losses:
    """The records and fields that one answer lost.

    Attributes:
        records: records without a usable position, by reason.
        fields: fields with an impossible value, by name.
        examples: the last value of each reason or field. Reasons that are normal have none.
    """

    def __init__(self) -> None:
        self.records: Counter[str] = Counter()
        self.fields: Counter[str] = Counter()
        self.examples: dict[str, str] = {}

    def take(self) -> Losses:
        """Return what was counted, and begin again."""
        taken = Losses()
        taken.records.update(self.records)
        taken.fields.update(self.fields)
        taken.examples.update(self.examples)
        for counts in (self.records, self.fields, self.examples):
            counts.clear()
        return taken

    def record(self, reason: str, example: object = None) -> None:
        """Count a record that was left out, with an example if the reason is a fault."""
        self.records[reason] += 1
        if example is not None:
            self.examples[reason] = shortened(example)

    def field(self, name: str, value: object, record: str) -> None:
        """Count a field that was left unknown.

        Args:
            name: name of the field.
            value: its impossible value.
            record: identifies the record in the example.
        """
        self.fields[name] += 1
        self.examples[name] = f"{shortened(value)} of {record}"


def shortened(value: object) -> str:
    """Return a value as one short line for a log."""
    # Slice before repr: a value can be as large as the answer.
    line = repr(value[: _EXAMPLE_CHARACTERS * 2]) if isinstance(value, str) else repr(value)
    return line if len(line) <= _EXAMPLE_CHARACTERS else f"{line[: _EXAMPLE_CHARACTERS - 1]}…"


class LossReport:
    """Limits the log: reports the first loss of each reason at once, then the count every ten minutes."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._reported_ms: dict[str, int] = {}

    def lines(self, losses: Losses, now_ms: int) -> list[str]:
        """Add the losses of one answer; return the lines to log.

        Args:
            losses: of the answer.
            now_ms: when it came, milliseconds since 1970.
        """
        lines = []
        for what, counts in (("record", losses.records), ("value", losses.fields)):
            for reason, count in counts.items():
                if reason not in losses.examples:
                    continue
                self._counts[reason] += count
                if now_ms - self._reported_ms.get(reason, -REPORT_INTERVAL_MS) >= REPORT_INTERVAL_MS:
                    self._reported_ms[reason] = now_ms
                    lost = self._counts.pop(reason)
                    things = what if lost == 1 else f"{what}s"
                    lines.append(f"{lost} {things} lost ({reason}), the last {losses.examples[reason]}")
        return lines
