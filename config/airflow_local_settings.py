"""Imported by every process of Airflow: loads what tasks need once, where tasks are forked from.

A forked task inherits the imports (Great Expectations alone takes 4 seconds), for some 200 MB shared.
"""

import contextlib
import importlib
import sys

__all__: list[str] = []

if sys.argv[1:2] == ["scheduler"] or sys.argv[1:3] == ["celery", "worker"]:
    for heavy in ("great_expectations", "pandas", "pyarrow"):
        with contextlib.suppress(ImportError):
            importlib.import_module(heavy)
