#!/bin/sh
# An import of people and of marks and a `suggest` of a small school under valgrind: wrong use of
# memory, and what is lost at the end, stop it. The worker is not followed: its jail allows it
# nothing that valgrind needs (`make san` has it with the address sanitizer).
#
#   BUILD=build sh tests/valgrind.sh
set -eu
cd "$(dirname "$0")/.."

build=${BUILD:-build}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT INT TERM

export LUA_PATH="./?.lua;lua/?.lua;lua/?/init.lua;;" LUA_CPATH="$build/lua/?.so;;"
lua5.4 - "$folder" <<'LUA'
require("tests.support.random_school").write(arg[1], { seed = 31, pupils = 28, order = "date" })
LUA
"$build/waymark" init "$folder/w" >/dev/null
printf 'use "england"\nuse "essex"\n' >"$folder/w/waymark.lua"

checked() {
  valgrind -q --error-exitcode=99 --leak-check=full --show-leak-kinds=definite,indirect \
    --errors-for-leak-kinds=definite,indirect "$build/waymark" -C "$folder/w" --now 2026-08-01T12:00Z "$@" \
    >"$folder/out" 2>"$folder/err" || { echo "waymark $*: exit status $?"; cat "$folder/err"; exit 1; }
  echo "waymark $1 ${2##*/}: nothing to report"
}

for kind in schools calendar pupils marks; do checked import "$kind" "$folder/$kind.csv"; done
checked suggest --first 0
