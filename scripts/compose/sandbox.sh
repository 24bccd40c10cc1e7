#!/usr/bin/env bash
# The sandbox; its line of JSON (addresses, logins) goes where only sandbox-connections reads it.
set -euo pipefail
umask 077
rm -f var/sandbox/ready.json
exec python -m pohoda_sandbox.up --data var/sandbox --base-port 18440 >var/sandbox/ready.json
