"""A stand-in for `pohoda.exe /XML user password ini`: `python -m pohoda_sandbox.pohoda.exe /XML api ... pohoda.ini`.

It works on the units of a sandbox's data folder, beside the servers that may run on the same files.
"""

from pohoda_sandbox.pohoda.exe.run import Killed, main

__all__ = ["Killed", "main"]
