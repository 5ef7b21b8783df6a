-- make.lua: writes two weeks of Oakfield's registers as twelve systems would export them.
--
--   lua5.4 examples/exports/make.lua FILES OUT     FILES: what examples/oakfield/make.lua wrote

local here = arg[0]:match "^(.*)/[^/]*$" or "."
package.path = here .. "/?.lua;" .. package.path

local exports = require "exports"

local FIRST, LAST, MOST = "2026-03-02", "2026-03-13", 1000

local from, to = arg[1], arg[2]
if not to then
  io.stderr:write "usage: lua5.4 make.lua FILES OUT\n"
  os.exit(2)
end
os.execute("mkdir -p -- '" .. to:gsub("'", "'\\''") .. "'")
local school = exports.read(from, FIRST, LAST, MOST)
for _, each in ipairs(exports.list) do
  local file <close> = assert(io.open(to .. "/" .. each.name, "wb"))
  assert(file:write(each.make(school)))
  print(("%-18s waymark import marks %s %s"):format(each.name, each.name, each.how))
end
