#!/bin/sh
# A walk through Waymark with the example school: make it, take in its registers,
# and ask. Run by `make demo`; leaves the workspace in demo/oakfield.
set -eu

build=${BUILD:-build}
top=demo
w="$build/waymark -C $top/oakfield"

say() { printf '\n\033[1m%s\033[0m\n' "$1" | if [ -t 1 ]; then cat; else sed 's/\x1b\[[0-9;]*m//g'; fi; }
show() { say "\$ waymark $*"; $w "$@"; }

rm -rf "$top"
mkdir -p "$top"
say "Oakfield Primary School: 420 pupils, two years of registers (nobody in it exists)"
lua5.4 examples/oakfield/make.lua "$top/files"

say "\$ waymark init demo/oakfield"
"$build/waymark" init "$top/oakfield"
cp "$top/files/waymark.lua" "$top/oakfield/waymark.lua"
cp -R examples/oakfield/plugins/local "$top/oakfield/plugins/"

show import pupils "$top/files/pupils.csv"
show import contacts "$top/files/contacts.csv"
show import marks "$top/files/marks.csv"
show suggest --as-of 2026-03-20 --first 4

# The first pupil whose concern is unauthorised absence.
who=$($w suggest --as-of 2026-03-20 --format csv | sed -n 's/^\([^,]*\),[^,]*,[^,]*,[^,]*,initial-concern,.*/\1/p' | sed -n 1p)
show explain "$who" initial-concern --as-of 2026-03-20
show figures --as-of 2026-03-20 --top 5

sql="SELECT p.year, count(*) AS sessions, sum(m.class IN ('authorised', 'unauthorised')) AS absent
  FROM mark m JOIN pupils p ON p.upn = m.upn WHERE m.date >= '2026-01-05' GROUP BY p.year"
say "\$ waymark sql \"$sql\""
$w sql "$sql"

code='for p in pupils { year = 6, as_of = "2026-03-20" } do
  if p:persistent() then print(p.name, p:rate(), p:rolling(england.national).largest) end
end'
say "\$ waymark -e '$code'"
$w -e "$code"

say "What to try next"
cat <<TEXT
  $w suggest --all
  $w explain "$who" notice-to-improve
  $w calendar show --year 2025-26
  $w plugin info essex
  $w run examples/scripts/fridays.lua
  $w repl
  Change a step: edit $top/oakfield/plugins/local/steps/breakfast-club.lua and run suggest again.
  Your own school: $build/waymark init myschool
TEXT
