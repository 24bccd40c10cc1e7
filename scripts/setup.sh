#!/usr/bin/env bash
# setup.sh PYTHON VENV: the locked packages and the product itself into VENV, then the ODBC parts.
set -euo pipefail
cd "$(dirname "$0")/.."
python=$1 venv=$2

die() { printf 'make setup: %s\n' "$*" >&2; exit 1; }
say() { printf '• %s\n' "$*"; }

command -v "$python" >/dev/null || die "no $python here. Install Python 3.11 or 3.12 (apt-get install python3 python3-venv), or say: make setup PYTHON=/path/to/python3.12"
number='import sys; print("%d.%d" % sys.version_info[:2])'
version=$("$python" -c "$number" 2>/dev/null) || die "$python does not run. Say: make setup PYTHON=/path/to/python3.12"
case $version in
    3.11 | 3.12) ;;
    *) die "$python is Python $version, but 3.11 or 3.12 is needed. Say: make setup PYTHON=python3.12" ;;
esac

if [ -x "$venv/bin/python" ] && [ "$("$venv/bin/python" -c "$number" || true)" != "$version" ]; then
    say "$venv is of another Python: made anew"
    rm -rf "$venv"
fi
if [ ! -x "$venv/bin/pip" ]; then
    "$python" -c 'import ensurepip, venv' 2>/dev/null || die "Python's venv module is missing. Install it: apt-get install python$version-venv"
    say "creating $venv with Python $version"
    "$python" -m venv --clear "$venv"
fi

# uv in its locked version, held against its hashes by pip; then uv installs the rest, held against theirs.
pin=$(mktemp)
trap 'rm -f "$pin"' EXIT
awk '/^uv==/ {on = 1} on {print} on && !/\\$/ {exit}' requirements.txt >"$pin"
[ -s "$pin" ] || die "requirements.txt locks no uv. Run: make lock"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r "$pin"

export VIRTUAL_ENV="$PWD/$venv" UV_LINK_MODE="${UV_LINK_MODE:-copy}"
say "installing the locked packages (about 200; bytecode is compiled once, here)"
"$venv/bin/uv" pip install --quiet --require-hashes --compile-bytecode -r requirements.txt
"$venv/bin/uv" pip install --quiet --no-deps --no-build-isolation -e .

scripts/odbc.sh || true   # without them the demo reads by XML
say "set up: try make demo, make test"
