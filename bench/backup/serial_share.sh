#!/bin/bash
# Where the CPU of a backup goes: runs `backup combined --stats` for a few codecs against a running
# server and checks that the serial stages stay at 3 % of all CPU, and that the stages add up to the
# process's CPU within 5 %.
#
#   bench/backup/serial_share.sh SFDBTOOLS DATABASE [connection options]
#
# Wants a database of about 1 GB of SQL; the output goes to $TMPDIR and is removed.
set -euo pipefail
program=$1 database=$2
shift 2
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
"$program" crypto keygen --out "$out/key" >/dev/null
failed=0
for codec in "gzip 1" "gzip 6" "zstd 1" "zstd 3" "none 0"; do
  read -r type level <<<"$codec"
  args=(--compression-type "$type" --encryption-key-file "$out/key")
  [[ $type == none ]] || args+=(--compress-level "$level")
  "$program" backup combined "$@" --include "$database" -o "$out/b" --yes --stats "${args[@]}" \
    2>"$out/stats" >/dev/null
  rm -rf "$out/b"
  echo "== $type $level"
  cat "$out/stats"
  awk -v type="$type" '
    $1 == "sum" { sum = $2 } $1 == "process" { process = $2 } $1 == "serial" { serial = $2 }
    END {
      if (sum < 0.95 * process || sum > 1.05 * process) { print "FAILED: stages do not add up"; exit 1 }
      # Uncompressed output has no 3 % law: there is nothing else to do.
      if (type != "none" && serial > 0.03 * process) { print "FAILED: serial stages"; exit 1 }
    }' "$out/stats" || failed=1
done
exit $failed
