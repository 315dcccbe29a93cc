#!/bin/bash
# Our frames against `openssl speed` at the same size, one core, in turns; the best of each counts,
# because what else the machine does can only slow a run down. Fails below 0.85 of openssl's number.
#   against_openssl.sh path/to/crypto_bench [rounds]
set -euo pipefail
bench=$1
rounds=${2:-5}

# GB/s of `openssl speed` for one algorithm at 1 MiB; the machine-readable line is +F or +H, in B/s.
openssl_speed() {
  openssl speed -mr -seconds 2 -bytes 1048576 "$@" 2> /dev/null |
    awk -F: '/^\+F/ { printf "%.3f\n", $NF / 1e9 }'
}
ours() {
  "$bench" --benchmark_filter="^$1\$" --benchmark_min_time=2 --benchmark_format=json 2> /dev/null |
    sed -n 's/.*"bytes_per_second": \([0-9.e+]*\).*/\1/p' | awk '{ printf "%.3f\n", $1 / 1e9 }'
}
best() { sort -g | tail -1; }

declare -A them us
for name in seal open sha256; do them[$name]=0 us[$name]=0; done
for ((i = 0; i < rounds; ++i)); do
  them[seal]=$({ echo "${them[seal]}"; openssl_speed -evp aes-256-gcm; } | best)
  us[seal]=$({ echo "${us[seal]}"; ours BM_SealFrame/1048576/7; } | best)
  them[open]=$({ echo "${them[open]}"; openssl_speed -decrypt -evp aes-256-gcm; } | best)
  us[open]=$({ echo "${us[open]}"; ours BM_OpenFrame/1048576; } | best)
  them[sha256]=$({ echo "${them[sha256]}"; openssl_speed -evp sha256; } | best)
  us[sha256]=$({ echo "${us[sha256]}"; ours BM_Sha256; } | best)
done

echo "GB/s on one core, 1 MiB at a time    openssl speed      ours     ratio"
failed=0
for name in seal open sha256; do
  ratio=$(awk -v a="${us[$name]}" -v b="${them[$name]}" 'BEGIN { printf "%.3f", a / b }')
  printf '%-36s %13s %9s %9s\n' "$name" "${them[$name]}" "${us[$name]}" "$ratio"
  awk -v r="$ratio" 'BEGIN { exit !(r < 0.85) }' && failed=1
done
exit $failed
