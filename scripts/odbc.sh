#!/usr/bin/env bash
# odbc.sh [--check]: what reading POHODA by SQL needs from the system. Installs what is missing when it may;
# says what to install when it may not. Exit code 0 when everything is there. ODBC=no: leave the system alone.
set -euo pipefail

packages=(unixodbc tdsodbc odbc-mdbtools)

library() { ldconfig -p 2>/dev/null | grep -q 'libodbc\.so\.2'; }
driver() { odbcinst -q -d 2>/dev/null | grep -qix "\[$1\]"; }
missing() {
    library || echo "libodbc.so.2 (package unixodbc): without it pyodbc cannot be imported"
    driver FreeTDS || echo "ODBC driver FreeTDS (package tdsodbc): reads SQL Server"
    driver MDBTools || echo "ODBC driver MDBTools (package odbc-mdbtools): reads MDB files"
}
PATH=$PATH:/sbin:/usr/sbin

lacking=$(missing)
[ -n "$lacking" ] || exit 0
printf '• ODBC: missing here:\n' >&2
sed 's/^/    /' <<<"$lacking" >&2
[ "${1:-}" != --check ] || exit 1

root=()
if [ "$(id -u)" -ne 0 ]; then root=(sudo -n env DEBIAN_FRONTEND=noninteractive); fi
apt=(apt-get -y -q -o Acquire::Retries=1 -o Acquire::http::Timeout=30 -o DPkg::Lock::Timeout=60)
if [ "${ODBC:-}" != no ] && command -v apt-get >/dev/null && "${root[@]}" true 2>/dev/null; then
    printf '• ODBC: installing %s\n' "${packages[*]}" >&2
    log=$(mktemp)
    trap 'rm -f "$log"' EXIT
    export DEBIAN_FRONTEND=noninteractive
    { "${root[@]}" "${apt[@]}" update && "${root[@]}" "${apt[@]}" install --no-install-recommends "${packages[@]}"; } \
        >"$log" 2>&1 || tail -n 5 "$log" >&2
    lacking=$(missing)
    [ -n "$lacking" ] || exit 0
fi
cat >&2 <<EOF
• ODBC: install it yourself to read by SQL, then run: make odbc
    sudo apt-get update && sudo apt-get install -y ${packages[*]}
  Until then the demo reads POHODA by XML.
EOF
exit 1
