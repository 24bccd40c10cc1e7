#!/usr/bin/env bash
# Run by PostgreSQL's image on an empty volume: the ledger's own database and login.
set -euo pipefail
psql --set ON_ERROR_STOP=1 --set password="$LEDGER_PASSWORD" --username "$POSTGRES_USER" --dbname postgres <<'EOF'
CREATE ROLE ledger LOGIN PASSWORD :'password';
CREATE DATABASE ledger OWNER ledger ENCODING 'UTF8';
EOF
