#!/bin/bash
# Installs the pinned SDK into WORK (once per lock file) and runs the checks.
#   run.sh SEAL_TOOL WORK
set -euo pipefail
seal_tool=$1
work=$2
here=$(cd "$(dirname "$0")" && pwd)

for program in node npm sha256sum; do
  command -v "$program" > /dev/null || { echo "$program is missing; run tools/setup" >&2; exit 1; }
done
mkdir -p "$work"
want=$(cat "$here/package.json" "$here/package-lock.json" | sha256sum)
if [[ "$(cat "$work/installed" 2> /dev/null || true)" != "$want" ]]; then
  cp "$here/package.json" "$here/package-lock.json" "$work/"
  # No install scripts: nothing that comes from the registry runs before the checks themselves.
  npm ci --prefix "$work" --ignore-scripts --no-audit --no-fund --loglevel=error
  echo "$want" > "$work/installed"
fi
exec node "$here/interop.mjs" "$seal_tool" "$here/../../tools/unseal.mjs" "$work"
