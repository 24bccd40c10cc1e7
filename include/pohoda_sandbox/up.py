"""`sandbox up`: start a sandbox, say in one line of JSON how to reach it, and stay until asked to stop.

Stdout has that one line and nothing else; progress goes to stderr. SIGINT and SIGTERM stop it with exit code 0;
what keeps it from starting is one line on stderr and exit code 2.
"""

import argparse
import json
import shlex
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from pohoda_sandbox.credentials import write_private
from pohoda_sandbox.gram.switches import LEVELS

DATA = Path(__file__).parents[2] / "var" / "sandbox"
PORTS = "mServer N, TDS +1, Gram +2, eWay +3, mServer of the second unit +4, those of last year +5, +6"
SIGNALS = (signal.SIGINT, signal.SIGTERM)


class _Stopped(BaseException):
    """A signal came, whenever it came."""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs in the main thread until a signal. `argv`: the options, without the command's own name."""
    asked = _parser().parse_args(argv)
    handlers = {number: signal.signal(number, _stop) for number in SIGNALS}
    try:
        return _run(asked)
    except _Stopped:
        return 0
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _run(asked: argparse.Namespace) -> int:
    from pohoda_sandbox.sandbox import Sandbox, SandboxError
    from pohoda_sandbox.units import FURTHER

    sandbox = Sandbox(
        asked.data,
        size=asked.size,
        seed=asked.seed,
        base_port=asked.base_port,
        empty=asked.empty,
        further=tuple(FURTHER),
        entered=True,
        documents=True,
        level=asked.level,
        say=_say,
    )
    try:
        with sandbox:
            if asked.env:
                lines = [f"export {name}={shlex.quote(value)}\n" for name, value in sandbox.info["env"].items()]
                write_private(asked.env, "".join(lines))
            print(json.dumps(sandbox.info, ensure_ascii=False), flush=True)
            _say("Ready. Ctrl-C stops it.")
            while True:
                signal.pause()
    except SandboxError as error:
        _say(str(error))
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="pohoda-bridge sandbox up", description="Start a sandbox on loopback.")
    parser.add_argument("--base-port", type=_port, default=0, metavar="N", help=PORTS)
    parser.add_argument("--data", type=Path, default=DATA, metavar="DIR", help="where everything is kept")
    parser.add_argument("--size", type=_count, default=300, metavar="N", help="companies of each new unit (300)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="another seed, other companies (1)")
    parser.add_argument(
        "--empty", action="store_true", help="new units without companies, and CRMs without records of people"
    )
    parser.add_argument("--level", choices=LEVELS, default="L2", help="what the simulated Gram can (L2)")
    parser.add_argument("--env", type=Path, metavar="FILE", help="also write the variables as shell exports")
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or not (text == "0" or 1024 <= int(text) <= 65529):
        raise argparse.ArgumentTypeError(f"{text} is no port: 1024 to 65529, or 0 for free ones")
    return int(text)


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text} is no number of companies")
    return int(text)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _stop(number: int, frame: FrameType | None) -> None:
    """Stop once; signals that follow find the sandbox stopping already."""
    for other in SIGNALS:
        signal.signal(other, signal.SIG_IGN)
    raise _Stopped


if __name__ == "__main__":
    sys.exit(main())
