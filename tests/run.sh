#!/bin/sh
# Runs spec files, each in a process of its own, one more at once than there are
# processors (some wait for a clock); shows what went wrong and the totals: "N passed, N failed".
#
#   BUILD=build tests/run.sh [NAME …]      tests/spec/ROOM/NAME_spec.lua, or its path; all without names
#   PRELOAD="…" ASAN_OPTIONS="…"           for a sanitizer build
#   TIMES=1                                how long each file takes, by the clock
#   EXEC=1                                 every command is started anew (support/fork_server.lua)
set -u
cd "$(dirname "$0")/.."

build=${BUILD:-build}
# What specs write lies in memory where there is room for it and programs may run there: a disk has
# them wait for each thing that is to outlast a power cut.
if [ -z "${TMPDIR:-}" ] && [ "$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')0" -gt 20000000 ]; then
  probe=$(mktemp -p /dev/shm 2>/dev/null) && cp /bin/true "$probe" && chmod u+x "$probe" && "$probe" 2>/dev/null &&
    export TMPDIR=/dev/shm
  rm -f "$probe"
fi
folder=$(mktemp -d)
export TMPDIR="$folder"
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$folder"' EXIT INT TERM
# The longest first, so that no processor waits for one at the end.
longest="fault hostile plugin_commands today growth kill migration memory failing_plugin bench command_line one_pupil
  api printed reference import_scale plans authorities cases formal penalty plugin_state first_plugin referral example
  sheet groups two_homes store suggest install
  memory current_folder when contract letter sweep chronology plugin plugin_forms plugin_state privacy
  worked_examples early_signs hooks failing_step mistakes backup"
[ $# -gt 0 ] || set -- $longest $(ls -S tests/spec/*/*_spec.lua)
files=""
for name in "$@"; do
  name=$(basename "$name" _spec.lua)
  file=$(ls tests/spec/*/"${name}_spec.lua") || exit 2
  case "$files " in *" $file "*) ;; *) files="$files $file" ;; esac
done
set -- $files

export LUA_PATH="./?.lua;lua/?.lua;lua/?/init.lua;;" LUA_CPATH="$build/lua/?.so;;" WAYMARK_BUILD="$build"
export folder PRELOAD="${PRELOAD:-}"
export LOGNAME="Sam Reed" # who records, where a spec does not say so
unset SUDO_USER WAYMARK_FORKS

if [ -z "${EXEC:-}" ] && [ -x "$build/waymark" ]; then
  mkdir -p "$build/fork/bin" "$build/fork/lua/waymark"
  ln -f "$build/waymark" "$build/fork/bin/waymark"
  cp tests/support/fork_server.lua "$build/fork/lua/waymark/cli.lua"
  gcc -std=c11 -D_GNU_SOURCE -O1 -shared -fPIC $(pkg-config --cflags lua5.4) -o "$build/fork/forks.so.$$" \
    tests/support/forks.c && mv "$build/fork/forks.so.$$" "$build/fork/forks.so" || exit 2
  mkfifo "$folder/commands.new"
  LD_PRELOAD="$PRELOAD" "$build/fork/bin/waymark" "$folder/commands" &
  server=$!
  while kill -0 "$server" 2>/dev/null && [ ! -p "$folder/commands" ]; do sleep 0.02; done
  [ -p "$folder/commands" ] || exit 2
  export WAYMARK_FORKS="$folder/commands"
fi

if [ $# -gt 1 ] && [ -z "${EXEC:-}" ] && [ -x "$build/waymark" ]; then
  LD_PRELOAD="$PRELOAD" lua5.4 tests/support/template.lua "$folder/template" && export WAYMARK_TEMPLATE="$folder/template"
fi

# One file: its output is kept, and its last line is its totals.
printf '%s\n' "$@" | xargs -P "$(($(nproc) + 1))" -I{} sh -c '
  log="$folder/$(basename {}).log"
  begun=$(date +%s%N)
  LD_PRELOAD="$PRELOAD" lua5.4 /usr/bin/busted -o tests.support.totals {} >"$log" 2>&1
  took=${TIMES:+$((($(date +%s%N) - begun) / 1000000)) ms}
  name={}; name=${name#tests/spec/}
  case "$(tail -n 1 "$log")" in
    *" passed, "*" failed") printf "%-40s %s\n" "${name%_spec.lua}" "$(tail -n 1 "$log")${took:+, $took}" ;;
    *) printf "%-40s %s\n" "${name%_spec.lua}" "did not come to an end" ;;
  esac'

# What went wrong stands at the end, where it is read.
for log in "$folder"/*.log; do
  case "$(tail -n 1 "$log")" in
    *" passed, 0 failed") ;;
    *) printf "\n== %s\n" "$(basename "$log" _spec.lua.log)"; cat "$log" ;;
  esac
done

for log in "$folder"/*.log; do tail -n 1 "$log"; done | awk -v files="$#" '
  /^[0-9]+ passed, [0-9]+ failed$/ { ran++; passed += $1; failed += $3 }
  END {
    if (ran < files) { printf "%d files of specs did not come to an end\n", files - ran; failed += files - ran }
    printf "%d passed, %d failed\n", passed, failed
    exit failed > 0 || passed == 0
  }'
