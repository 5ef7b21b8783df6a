#!/bin/sh
# A week at the example school: its registers come in day by day, the attendance
# officer works through a list, and questions are asked. Run by `make demo`; leaves
# the workspace in demo/oakfield.
set -eu

build=${BUILD:-build}
top=demo
waymark="$build/waymark -C $top/oakfield"

say() {
  if [ -t 1 ]; then printf '\n\033[1m%s\033[0m\n' "$1"; else printf '\n%s\n' "$1"; fi
}
# at TIME COMMAND …: run it as if it were that time, and show it
at() {
  now=$1; shift
  say "\$ waymark $*"
  $waymark --now "$now" "$@"
}

rm -rf "$top"
mkdir -p "$top/week/inbox"
say "Oakfield Primary School: 420 pupils, two years of registers (nobody in it exists)"
lua5.4 examples/oakfield/make.lua "$top/files"
lua5.4 examples/oakfield/week.lua "$top/files" "$top/week"

say "\$ waymark init demo/oakfield --use essex"
"$build/waymark" init "$top/oakfield" --use essex
cp "$top/files/waymark.lua" "$top/oakfield/waymark.lua"
cp -R examples/oakfield/plugins/local "$top/oakfield/plugins/"
at 2026-03-13T17:00 import pupils "$top/files/pupils.csv"
at 2026-03-13T17:00 import contacts "$top/files/contacts.csv"
at 2026-03-13T17:00 import marks "$top/week/before.csv"
$waymark --now 2026-03-13T17:00 suggest >/dev/null

say "Monday 16 March"
at 2026-03-16T10:00 import marks "$top/week/monday.csv"
at 2026-03-16T10:00 suggest --first 3
at 2026-03-16T10:00 today -o "$top/week/list.csv"
say "The officer fills in the calls, as she would in a spreadsheet"
lua5.4 examples/oakfield/officer.lua "$top/week/list.csv" 16/03/2026
at 2026-03-16T16:00 import actions "$top/week/list.csv"
at 2026-03-16T16:00 outbox list

say "Wednesday 18 March: Monday's reasons have been found"
at 2026-03-18T16:00 import marks "$top/week/wednesday.csv"
say "\$ waymark suggest"
$waymark --now 2026-03-18T16:00 suggest | tail -n 8

say "Friday 20 March: one command for what lies in the inbox"
at 2026-03-20T16:00 update "$top/week/inbox" -o "$top/week/out"

# The first pupil whose concern is unauthorised absence.
who=$($waymark --now 2026-03-20T17:00 suggest --format csv |
  sed -n 's/^\([^,]*\),[^,]*,[^,]*,[^,]*,initial-concern,.*/\1/p' | sed -n 1p)
at 2026-03-20T17:00 explain "$who" initial-concern
at 2026-03-20T17:00 figures --top 5

sql="SELECT p.year, count(*) AS sessions, sum(m.class IN ('authorised', 'unauthorised')) AS absent
  FROM mark m JOIN pupils p ON p.upn = m.upn WHERE m.date >= '2026-01-05' GROUP BY p.year"
say "\$ waymark sql \"$sql\""
$waymark sql "$sql"

code='for p in pupils { year = 6, as_of = "2026-03-20" } do
  if p:persistent() then print(p.name, p:rate(), p:rolling(england.national).largest) end
end'
say "\$ waymark -e '$code'"
$waymark -e "$code"

say "What to try next"
cat <<TEXT
  $waymark suggest --all
  $waymark pupil "$who"
  $waymark explain "$who" notice-to-improve
  $waymark calendar show --year 2025-26
  $waymark plugin info essex
  $waymark run examples/scripts/fridays.lua
  $waymark repl
  Open demo/week/out in a browser or a spreadsheet.
  Change a step: edit demo/oakfield/plugins/local/steps/breakfast-club.lua and run suggest again.
  Your own school: lua/manual/start.md, your first term
TEXT
