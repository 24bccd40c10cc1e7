"""Results as tokens: column descriptions, rows, how each statement ended."""

import struct
from collections.abc import Sequence

from pohoda_sandbox.pohoda.tds import wire
from pohoda_sandbox.pohoda.tds.errors import SqlError
from pohoda_sandbox.pohoda.tds.executor import Count, Rows

_NULLABLE = 9


def answer(outcomes: Sequence[Rows | Count], failed: SqlError | None, token: int, code_page: str) -> bytes:
    """The tokens of a batch; within a procedure (`DONE_IN_PROC`) more always follows."""
    out = []
    for place, outcome in enumerate(outcomes):
        last = place + 1 == len(outcomes) and failed is None and token == wire.DONE
        out.append(_encoded(outcome, token, 0 if last else wire.MORE, code_page))
    if failed is not None:
        more = 0 if token == wire.DONE else wire.MORE
        out.append(wire.error(failed) + wire.done(token, wire.FAILED | more))
    return b"".join(out)


def _encoded(outcome: Rows | Count, token: int, more: int, code_page: str) -> bytes:
    if isinstance(outcome, Count):
        if outcome.rows is None:
            return wire.done(token, more)
        return wire.done(token, wire.COUNTED | more, outcome.rows)
    head = struct.pack("<BH", 0x81, len(outcome.types)) + b"".join(
        struct.pack("<IH", 0, _NULLABLE) + kind.described() + wire.short_text(name[:128])
        for kind, name in zip(outcome.types, outcome.names, strict=True)
    )
    rows = b"".join(
        b"\xd1" + b"".join(kind.encoded(value, code_page) for kind, value in zip(outcome.types, row, strict=True))
        for row in outcome.rows
    )
    return head + rows + wire.done(token, wire.COUNTED | more, len(outcome.rows), wire.SELECT)
