"""What the steps hand on: the parts of a run in Parquet, its lines in JSON, at an fsspec address.

A step's output counts only once its marker is written; a step that begins again clears what it left half done.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Any

from pohoda_bridge.errors import Retry
from pohoda_bridge.records.fingerprint import dumps, loads
from pohoda_bridge.side import Row

DONE = "_done.json"
SETS = b"sets"
"""In the file of a part, and on a column: it holds the rows of a set as one text."""
INFER = object()
PLACES = Decimal("1e-12")
"""What a decimal keeps; what a CRM that computes in floats shows beyond (121.00000000000001) is no part of a value."""
_EXACT = Context(prec=80)


@dataclass(frozen=True)
class Store:
    """The folder of one run."""

    url: str

    def of(self, *parts: str) -> "Store":
        return Store("/".join([self.url.rstrip("/"), *parts]))

    def clear(self, name: str) -> None:
        fs, path = self._fs(name)
        if fs.exists(path):
            fs.rm(path, recursive=True)

    def drop(self) -> None:
        """Remove the folder with all that is in it."""
        fs, path = self._fs("")
        if fs.exists(path):
            fs.rm(path, recursive=True)

    def is_done(self, name: str) -> bool:
        fs, path = self._fs(name)
        return bool(fs.exists(f"{path}/{DONE}"))

    def write(self, name: str, rows: Iterable[list[Row]], schema: Any = None) -> int:
        """Write parts of rows, in Parquet by `schema` (pyarrow's or INFER), else as JSON lines; gives their number."""
        self.clear(name)
        fs, path = self._fs(name)
        count = parts = 0
        try:
            fs.makedirs(path, exist_ok=True)
            for part in rows:
                if part:
                    self._write_part(fs, f"{path}/part-{parts:05d}", part, schema)
                    parts += 1
                    count += len(part)
            with fs.open(f"{path}/{DONE}", "w") as file:
                json.dump({"parts": parts, "rows": count, "parquet": schema is not None}, file)
        except OSError as error:
            raise Retry(f"the store cannot be written ({error.strerror or error}); nothing was sent") from error
        return count

    def read(self, name: str) -> Iterator[list[Row]]:
        """The parts as they were written, one at a time."""
        fs, path = self._fs(name)
        with fs.open(f"{path}/{DONE}") as file:
            told = json.load(file)
        for number in range(told["parts"]):
            yield self._read_part(fs, f"{path}/part-{number:05d}", told["parquet"])

    def lines(self, name: str) -> Iterator[Row]:
        for part in self.read(name):
            yield from part

    def write_text(self, name: str, text: str) -> str:
        """Write one file; returns its address."""
        fs, path = self._fs(name)
        try:
            fs.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
            with fs.open(path, "w", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            raise Retry(f"the store cannot be written ({error.strerror or error})") from error
        return f"{self.url.rstrip('/')}/{name}"

    def read_text(self, name: str) -> str:
        fs, path = self._fs(name)
        with fs.open(path, "r", encoding="utf-8") as file:
            return str(file.read())

    def _fs(self, name: str) -> tuple[Any, str]:
        import fsspec

        fs, path = fsspec.core.url_to_fs(f"{self.url.rstrip('/')}/{name}")
        return fs, path

    @staticmethod
    def _write_part(fs: Any, path: str, part: list[Row], schema: Any) -> None:
        if schema is None:
            with fs.open(f"{path}.jsonl", "w", encoding="utf-8") as file:
                file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in part)
            return
        import pyarrow as pa
        import pyarrow.parquet as pq

        packed, sets = _packed(part if schema is INFER else [_placed(row) for row in part], schema)
        table = pa.Table.from_pylist(packed, schema=None if schema is INFER else schema)
        table = table.replace_schema_metadata({**(table.schema.metadata or {}), SETS: json.dumps(sets)})
        with fs.open(f"{path}.parquet", "wb") as file:
            pq.write_table(table, file)

    @staticmethod
    def _read_part(fs: Any, path: str, parquet: bool) -> list[Row]:
        if not parquet:
            with fs.open(f"{path}.jsonl", encoding="utf-8") as file:
                return [json.loads(line) for line in file]
        import pyarrow.parquet as pq

        with fs.open(f"{path}.parquet", "rb") as file:
            table = pq.read_table(file)
        sets = json.loads((table.schema.metadata or {}).get(SETS, b"[]"))
        rows: list[Row] = table.to_pylist()
        for row in rows:
            row.update({name: loads(row[name])["rows"] for name in sets if row.get(name) is not None})
        return rows


def _packed(part: list[Row], schema: Any) -> tuple[list[Row], list[str]]:
    """The rows with their sets as one text each, for a column has one type and the rows of a set have many; and which
    names these are.
    """
    known = set() if schema is INFER else {field.name for field in schema if SETS in (field.metadata or {})}
    found = {name for row in part for name, value in row.items() if _is_set(value)}
    sets = sorted(known | found)
    if not sets:
        return part, sets
    return [{**row, **{n: dumps({"rows": row[n]}) for n in sets if row.get(n) is not None}} for row in part], sets


def _placed(row: Row) -> Row:
    """The row with decimals of no more places than a column has."""
    long = {n: v for n, v in row.items() if isinstance(v, Decimal) and v.as_tuple().exponent < -12}  # type: ignore[operator]
    return {**row, **{name: value.quantize(PLACES, context=_EXACT) for name, value in long.items()}} if long else row


def _is_set(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(row, dict) for row in value)


def batch_schema(types: Mapping[str, str]) -> Any:
    """The Parquet schema of rows with these canonical names and types; money is a decimal, never a float."""
    import pyarrow as pa

    arrow = {
        "text": pa.string(), "reference": pa.string(), "integer": pa.int64(), "decimal": pa.decimal128(38, 12),
        "boolean": pa.bool_(), "date": pa.date32(), "datetime": pa.timestamp("us"), "list": pa.list_(pa.string()),
        "rows": pa.string(),
    }  # fmt: skip
    own = [
        ("_id", pa.string()),
        ("_saved", pa.timestamp("us")),
        ("_print", pa.string()),
        ("_mark", pa.list_(pa.string())),
        ("_instead_of", pa.string()),
    ]
    sets = {name: {SETS: b""} for name, kind in types.items() if kind == "rows"}
    fields = [pa.field(name, arrow[kind], metadata=sets.get(name)) for name, kind in types.items()]
    return pa.schema([*own, *fields])
