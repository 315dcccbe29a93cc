#!/bin/bash
# `sfdbtools restore` against `zstd -dc FILE | mariadb`, taking turns, each into a fresh private server.
#
#   bench/restore/against_client.sh FILE.sql.zst [ROUNDS [THREADS]]
#
# FILE is a backup of sfdbtools with its index. Data lies below $TMPDIR (/dev/shm keeps the disk out of
# the figures). Prints wall seconds, CPU seconds of the clients and of the server, per run, and medians.
set -euo pipefail
file=$(realpath "$1")
rounds=${2:-3}
threads=${3:-2}
program=${SFDB_PROGRAM:-$(dirname "$0")/../../build/release/sfdbtools}
PATH=$PATH:/usr/sbin
dir=$(mktemp -d "${TMPDIR:-/tmp}/sfdb-bench-XXXXXX")
server=
stop() {
  [[ -z $server ]] || { kill "$server"; wait "$server" || true; }
  server=
}
trap 'stop; rm -rf "$dir"' EXIT
as_user=()
((EUID != 0)) || as_user=(--user=root)
mariadb-install-db --no-defaults "${as_user[@]}" --datadir="$dir/template" --skip-test-db \
  --auth-root-authentication-method=normal >"$dir/install.log" 2>&1

start() {
  stop
  rm -rf "$dir/data"
  cp -r "$dir/template" "$dir/data"
  mariadbd --no-defaults "${as_user[@]}" --datadir="$dir/data" --socket="$dir/s" --tmpdir="$dir" \
    --skip-networking --innodb-buffer-pool-size=1G --innodb-log-file-size=512M \
    --innodb-flush-log-at-trx-commit=0 --max-allowed-packet=64M >"$dir/log" 2>&1 &
  server=$!
  until mariadb --no-defaults -uroot -S "$dir/s" -e 'SELECT 1' >/dev/null 2>&1; do sleep 0.1; done
}
ticks() { awk '{ print $14 + $15 }' "/proc/$server/stat"; }
run() {
  local name=$1 before after
  start
  before=$(ticks)
  local TIMEFORMAT='%R %U %S'
  { time bash -c "$2" >/dev/null 2>"$dir/err"; } 2>"$dir/time" || { cat "$dir/err" >&2; exit 1; }
  after=$(ticks)
  read -r wall user sys <"$dir/time"
  printf '%-8s wall %7.1f  client %6.1f  server %6.1f  load %s\n' "$name" "$wall" \
    "$(awk -v u="$user" -v s="$sys" 'BEGIN { print u + s }')" \
    "$(awk -v a="$before" -v b="$after" -v t="$(getconf CLK_TCK)" 'BEGIN { print (b - a) / t }')" \
    "$(cut -d' ' -f1 /proc/loadavg)" | tee -a "$dir/results"
}
for ((round = 0; round < rounds; ++round)); do
  run client "zstd -dc '$file' | mariadb --no-defaults -uroot -S '$dir/s' --max-allowed-packet=1G"
  run restore "'$program' restore --no-defaults --user root --socket '$dir/s' '$file' -t $threads --non-interactive --progress none"
done
for name in client restore; do
  awk -v n="$name" '$1 == n { print $3 }' "$dir/results" | sort -n |
    awk -v n="$name" '{ a[NR] = $1 } END { print n, "median wall", a[int((NR + 1) / 2)] }'
done
