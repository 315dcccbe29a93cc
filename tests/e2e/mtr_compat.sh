#!/bin/bash
# MariaDB's own tests of mariadb-dump, with every call made through both programs.
#
#   tests/e2e/mtr_compat.sh [PROGRAM] [TEST…]      default: build/release/sfdbtools, main.mysqldump*
#
# The suite (Debian package mariadb-test) is told to find its client programs in a directory where
# mariadb-dump is a wrapper. For each call the wrapper runs PROGRAM and the real mariadb-dump with the same
# arguments, compares stdout (version, server version and date masked), exit code and stderr, and then
# lets the real one answer the test. Calls with side effects on the server are not made twice, and calls
# that ask for --tab or --xml are what PROGRAM refuses by design; --help has words of its own. All are
# counted.
#
# Ends with a summary; exit 0 only when calls were made and none differed. Differences stay in
# build/mtr-compat/different/.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
program=$(realpath "${1:-$root/build/release/sfdbtools}")
shift || true
tests=("$@")
suite=/usr/share/mysql/mysql-test
[[ -x $program ]] || { echo "mtr_compat: $program does not exist; build it first" >&2; exit 2; }
[[ -d $suite ]] || { echo "mtr_compat: package mariadb-test is missing; run tools/setup" >&2; exit 2; }
if ((${#tests[@]} == 0)); then
  for file in "$suite"/main/mysqldump*.test; do tests+=("main.$(basename "$file" .test)"); done
fi

out=$root/build/mtr-compat
rm -rf "$out"
mkdir -p "$out/bin" "$out/different" "$out/calls"
for client in /usr/bin/mariadb* /usr/bin/mysql* /usr/bin/my_print_defaults /usr/bin/replace \
  /usr/bin/aria_* /usr/bin/myisam* /usr/bin/inno* /usr/bin/perror /usr/bin/resolve* /usr/bin/wsrep_*; do
  [[ -e $client ]] && ln -sf "$client" "$out/bin/"
done
real=$(realpath "$(command -v mariadb-dump)")
rm -f "$out/bin/mariadb-dump" "$out/bin/mysqldump"
cat >"$out/bin/mariadb-dump" <<WRAPPER
#!/bin/bash
real=$real
program=$program
out=$out
WRAPPER
cat >>"$out/bin/mariadb-dump" <<'WRAPPER'
name=$0
kind=compared
for arg in "$@"; do
  case $arg in
    --delete-master-logs | --flush-logs | -F | --dump-slave* | --dump_slave* | --log-error*) kind=side-effect ;;
    --result-file* | --result_file* | -r*) kind=side-effect ;;
    --tab* | -T* | --xml | -X) kind=refused ;;
    --help | -\?) kind=help ;;
  esac
done
call=$(mktemp "$out/calls/XXXXXXXX")
printf '%s\n' "$kind" >"$call"
if [[ $kind == compared ]]; then
  dir=$(mktemp -d "$out/work.XXXXXXXX")
  timeout 120 bash -c 'exec -a "$0" "$@"' "$name" "$program" "$@" </dev/null \
    >"$dir/actual.sql" 2>"$dir/actual.err"
  actual=$?
  (exec -a "$name" "$real" "$@" </dev/null) >"$dir/expected.sql" 2>"$dir/expected.err"
  expected=$?
  for side in actual expected; do
    sed -e '1,2s/^-- MariaDB dump .*/-- MariaDB dump/' -e '1,8s/^-- Server version\t.*/-- Server version/' \
      -e '$s/^-- Dump completed on .*/-- Dump completed on/' "$dir/$side.sql" >"$dir/$side.masked"
  done
  if ((actual == expected)) && cmp -s "$dir/actual.masked" "$dir/expected.masked" &&
    cmp -s "$dir/actual.err" "$dir/expected.err"; then
    printf 'identical\n' >"$call"
    rm -rf "$dir"
  else
    printf 'different\n' >"$call"
    printf '%q ' "$@" >"$dir/arguments"
    printf 'expected exit %d, actual exit %d\n' "$expected" "$actual" >"$dir/exit"
    {
      cat "$dir/arguments" "$dir/exit"
      diff -a "$dir/expected.masked" "$dir/actual.masked" | head -20
      diff -a "$dir/expected.err" "$dir/actual.err" | head -20
    } >"$dir/difference"
    mv "$dir" "$out/different/"
  fi
fi
exec -a "$name" "$real" "$@"
WRAPPER
chmod +x "$out/bin/mariadb-dump"
ln -s mariadb-dump "$out/bin/mysqldump"

# The suite writes below its --vardir only. As root the servers must be told that this is meant.
vardir=$(mktemp -d /tmp/sfdb-mtr-XXXXXX)
trap 'rm -rf "$vardir"' EXIT
user=()
((EUID != 0)) || user=(--mysqld=--user=root)
cd "$suite"
perl mariadb-test-run.pl --force --retry=0 --max-test-fail=0 --nocheck-testcases --suite-timeout=60 --testcase-timeout=10 \
  --vardir="$vardir/var" --tmpdir="$vardir/tmp" --client-bindir="$out/bin" "${user[@]}" "${tests[@]}" \
  >"$out/mtr.log" 2>&1 || true
grep -E '^(main|gcol|rpl|sysschema)\.' "$out/mtr.log" || tail -20 "$out/mtr.log"

count() { cat "$out"/calls/* 2>/dev/null | grep -cx "$1" || true; }
identical=$(count identical) different=$(count different) side=$(count side-effect)
refused=$(count refused) help=$(count help) unfinished=$(count compared)
echo
echo "mtr_compat: calls $((identical + different + side + refused + help + unfinished)):" \
  "identical $identical, different $different, with side effects $side," \
  "--tab or --xml $refused, --help $help, cut off $unfinished"
if ((different)); then
  for difference in "$out"/different/*/difference; do
    echo "--- $difference"
    head -8 "$difference"
  done
fi
((identical > 0 && different == 0))
