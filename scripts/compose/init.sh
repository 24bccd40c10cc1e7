#!/usr/bin/env bash
# Makes ready what the other services need; running it again changes nothing that is there.
set -euo pipefail
airflow db migrate
pohoda-bridge ledger migrate

pools=$(mktemp --suffix=.json)
pohoda-bridge pools --json | tail -n 1 >"$pools"
airflow pools import "$pools"

# The password goes by standard input, twice, so that no process list shows it. A login that is there stays.
printf '%s\n%s\n' "$ADMIN_PASSWORD" "$ADMIN_PASSWORD" | setsid --wait airflow users create --role Admin \
    --username "$ADMIN_USER" --email "$ADMIN_USER@localhost" --firstname Bridge --lastname Administrator
