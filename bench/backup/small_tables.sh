#!/bin/bash
# The price of frames where tables are small: the size of a backup of 2,000 small tables against the
# stock tool's for the same text at the same level. Starts with creating them in database DATABASE,
# which must not exist, and drops it at the end.
#
#   bench/backup/small_tables.sh SFDBTOOLS DATABASE [connection options]
set -euo pipefail
program=$1 database=$2
shift 2
out=$(mktemp -d)
trap 'rm -rf "$out"; mariadb "$@" -e "DROP DATABASE IF EXISTS \`$database\`"' EXIT
{
  echo "CREATE DATABASE \`$database\`; USE \`$database\`;"
  for ((i = 1; i <= 2000; i++)); do
    echo "CREATE TABLE t$i (id INT PRIMARY KEY, name VARCHAR(40), at DATETIME, price DECIMAL(10,2));"
    echo "INSERT INTO t$i VALUES (1,'name $i','2024-01-01 10:00:00',$i.5),(2,'other $((i * 7))',NULL,NULL);"
  done
} | mariadb "$@"
failed=0
for codec in "gzip 6 gzip -6" "zstd 3 zstd -q -3" "xz 6 xz -6"; do
  read -r type level stock <<<"$codec"
  rm -rf "$out/b"
  "$program" backup combined "$@" --include "$database" -o "$out/b" --yes \
    --compression-type "$type" --compress-level "$level" >/dev/null
  ours=$(stat -c %s "$out"/b/*.sql.*)
  # $stock is a command with its options.
  theirs=$("$program" cat "$out"/b/*.sql.* | $stock -c | wc -c)
  awk -v ours="$ours" -v theirs="$theirs" -v name="$type $level" 'BEGIN {
    printf "%-8s %9d bytes, stock %9d bytes, ratio %.3f\n", name, ours, theirs, ours / theirs
    exit ours > 1.2 * theirs }' || failed=1
done
exit $failed
