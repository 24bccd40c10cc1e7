#!/usr/bin/env bash
# postgres.sh [--check]: the programs of a PostgreSQL server (initdb, postgres), which the tests start for themselves.
# Installs them when it may, without a running server; says what to install when it may not. Exit code 0 when they are
# there. POSTGRES=no: leave the system alone.
set -euo pipefail

settings=/etc/postgresql-common/createcluster.conf
programs=/usr/lib/postgresql
has() { command -v "$1" >/dev/null; }
there() {
    for initdb in "$programs"/*/bin/initdb; do
        if [ -x "$initdb" ] && [ -x "${initdb%initdb}postgres" ]; then return 0; fi
    done
    has initdb && has postgres
}

! there || exit 0
printf '• PostgreSQL: no server here; the tests of the ledger on it need its programs\n' >&2
[ "${1:-}" != --check ] || exit 1

root=()
if [ "$(id -u)" -ne 0 ]; then root=(sudo -n env DEBIAN_FRONTEND=noninteractive); fi
apt=("${root[@]}" apt-get -y -q -o Acquire::Retries=1 -o Acquire::http::Timeout=30 -o DPkg::Lock::Timeout=60)
install() { "${apt[@]}" install --no-install-recommends "$1"; }
no_cluster() {  # a machine that has no clusters gets none
    [ -e "$settings" ] || {
        install postgresql-common &&
            "${root[@]}" sed -i 's/^#* *create_main_cluster.*/create_main_cluster = false/' "$settings"
    }
}
if [ "${POSTGRES:-}" != no ] && has apt-get && "${root[@]}" true 2>/dev/null; then
    printf '• PostgreSQL: installing postgresql\n' >&2
    log=$(mktemp)
    trap 'rm -f "$log"' EXIT
    export DEBIAN_FRONTEND=noninteractive
    { "${apt[@]}" update && no_cluster && install postgresql; } >"$log" 2>&1 || tail -n 5 "$log" >&2
    ! there || exit 0
fi
printf '• PostgreSQL: to try the ledger on it: sudo apt-get install -y postgresql, then make postgres\n' >&2
exit 1
