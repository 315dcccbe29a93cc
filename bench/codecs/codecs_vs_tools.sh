#!/bin/bash
# Our codecs beside the stock tools, level by level, one thread each, on the same text in the same
# run. Prints CPU seconds (user + system of the whole process, the least of ROUNDS), plain MB/s,
# size, and the two ratios that count: our CPU over the tool's, our size over the tool's.
#
#   codecs_vs_tools.sh [BUILD_DIR] [TEXT_FILE]     TEXT_FILE default: 64 MB of generated SQL text
#   ROUNDS=3 (slow levels are timed once)   ONLY=gzip|zstd|xz|decompress
set -euo pipefail
build=${1:-build/release}
ours=$build/bench/codecs/codec_file
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
text=${2:-$work/text}
[ $# -ge 2 ] || "$ours" text 64000000 > "$text"
plain=$(stat -c %s "$text")
rounds=${ROUNDS:-3}
only=${ONLY:-}

# cpu OUT COMMAND...: runs it on $text, prints CPU seconds.
TIMEFORMAT='%U %S'
cpu() {
  local out=$1
  shift
  { time "$@" > "$out"; } 2>&1 | awk '{printf "%.3f\n", $1 + $2}'
}

# pair NAME OURS-COMMAND TOOL-COMMAND: takes turns, keeps the least of each.
pair() {
  local name=$1 a=999999 b=999999 x n=0
  while [ $n -lt "$rounds" ]; do
    n=$((n + 1))
    x=$(cpu "$work/a" bash -c "exec $2"); a=$(awk -v p="$a" -v q="$x" 'BEGIN{print q<p?q:p}')
    x=$(cpu "$work/b" bash -c "exec $3"); b=$(awk -v p="$b" -v q="$x" 'BEGIN{print q<p?q:p}')
    if awk -v t="$b" 'BEGIN{exit !(t > 8)}'; then break; fi
  done
  awk -v name="$name" -v tool="${3%% *}" -v a="$a" -v b="$b" -v plain="$plain" \
    -v sa="$(stat -c %s "$work/a")" -v sb="$(stat -c %s "$work/b")" 'BEGIN {
      printf "%-16s %8.1f MB/s %10d   %-16s %8.1f MB/s %10d   cpu %.3f  size %.4f\n",
        name, plain/a/1e6, sa, tool, plain/b/1e6, sb, a/b, sa/sb }'
}

compress() { pair "$1 -$2" "$ours compress $1 $2 < $text" "$3 < $text"; }

if [ -z "$only" ] || [ "$only" = gzip ]; then
  for level in 1 2 3; do compress gzip $level "igzip -$level -c"; done
  for level in 1 2 3 4 5 6 7 8 9; do compress gzip $level "pigz -p1 -$level -c"; done
  if command -v libdeflate-gzip > /dev/null; then
    for level in 4 5 6 7 8 9 10 11 12; do compress gzip $level "libdeflate-gzip -$level -c"; done
  fi
fi
if [ -z "$only" ] || [ "$only" = zstd ]; then
  for level in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19; do
    compress zstd $level "zstd -q --single-thread -$level -c"
  done
fi
if [ -z "$only" ] || [ "$only" = xz ]; then
  for level in 0 1 2 3 4 5 6 7 8 9; do compress xz $level "xz -T1 -$level -c"; done
fi
if [ -z "$only" ] || [ "$only" = decompress ]; then
  while read -r codec level tool; do
    "$ours" compress "$codec" "$level" < "$text" > "$work/in"
    pair "$codec -$level -d" "$ours decompress $codec < $work/in" "$tool < $work/in"
  done <<< 'gzip 1 igzip -d -c
gzip 6 pigz -p1 -dc
zstd 3 zstd -q -dc
xz 6 xz -T1 -dc'
fi
