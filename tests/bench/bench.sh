#!/bin/sh
# Makes a folder for the bench, runs bench.lua in it, and removes it, also when interrupted.
#
#   SCALE=trust ROUNDS= BUILD=build BENCH_DIR=/tmp sh tests/bench/bench.sh      (make bench)
#   DUCKDB=no leaves DuckDB out
set -u
cd "$(dirname "$0")/../.."
build=${BUILD:-build}
top=${BENCH_DIR:-${TMPDIR:-/tmp}}
job=

make --no-print-directory -s -j "$(nproc)" BUILD="$build" bench-peers || exit 1

# DuckDB comes through npm into the build folder, and nowhere else.
duckdb=$(realpath -m "$build/bench/npm")
if [ "${DUCKDB:-yes}" = no ] || ! command -v node >/dev/null; then
  duckdb=
elif [ ! -d "$duckdb/node_modules/@duckdb/node-api" ]; then
  mkdir -p "$duckdb"
  npm install --prefix "$duckdb" --no-save --no-package-lock --no-audit --no-fund \
    --fetch-retries 1 --fetch-timeout 30000 @duckdb/node-api \
    >"$duckdb/log" 2>&1 || duckdb=
fi

folder=$(mktemp -d "$top/waymark-bench.XXXXXX") || exit 1
# Killed processes may still be in the middle of a write, so removing is tried again.
finish() {
  trap '' INT TERM HUP
  [ -z "$job" ] || kill -s KILL -- "-$job" 2>/dev/null
  wait
  tries=0
  until rm -rf -- "$folder" 2>/dev/null || [ "$tries" -eq 100 ]; do tries=$((tries + 1)); done
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

export LUA_PATH="./?.lua;lua/?.lua;lua/?/init.lua;;" LUA_CPATH="$build/lua/?.so;$build/bench/?.so;;"
export WAYMARK_BENCH_NODE="$duckdb"
setsid lua5.4 tests/bench/bench.lua "$folder" "$build" "${SCALE:-trust}" "${ROUNDS:-}" &
job=$!
wait "$job"
exit $?
