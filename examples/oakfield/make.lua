-- make.lua: makes the example school.
--
--   lua5.4 examples/oakfield/make.lua OUTDIR [SEED]    write the school into OUTDIR
--   lua5.4 examples/oakfield/make.lua --check OUTDIR   compare it with national figures
--
-- Writes pupils.csv, contacts.csv, marks.csv and waymark.lua. The same seed gives the
-- same bytes on any machine. Oakfield and everybody in it are made up.

local here = arg[0]:match "^(.*)/[^/]*$" or "."
package.path = here .. "/?.lua;" .. package.path

local calendar = require "calendar"
local check = require "check"
local csv = require "csv"
local people = require "people"
local registers = require "registers"

local LAST_DATE = "2026-03-20"
local USUAL_SEED = "28"

local USAGE = [[
usage: lua5.4 make.lua OUTDIR [SEED]
       lua5.4 make.lua --check OUTDIR]]

local function copy(from, to)
  local source <close> = assert(io.open(from, "rb"))
  local target <close> = assert(io.open(to, "wb"))
  target:write(source:read "a")
end

local function make_folder(path)
  os.execute("mkdir -p -- '" .. path:gsub("'", "'\\''") .. "'")
end

local function make(folder, seed)
  local settings = here .. "/waymark.lua"
  local school = people.make(seed)
  make_folder(folder)
  copy(settings, folder .. "/waymark.lua")
  csv.write(folder .. "/pupils.csv", people.pupil_headings, school.pupils)
  csv.write(folder .. "/contacts.csv", people.contact_headings, school.contacts)
  registers.write(folder .. "/marks.csv", school.pupils, calendar.read(settings), seed, LAST_DATE)
end

local function main(first, second)
  if first == "--check" and second then
    os.exit(check.print(second) and 0 or 1)
  elseif first and first:sub(1, 1) ~= "-" then
    make(first, second or USUAL_SEED)
  else
    io.stderr:write(USAGE, "\n")
    os.exit(2)
  end
end

local done, message = pcall(main, arg[1], arg[2])
if not done then
  io.stderr:write("make.lua: ", tostring(message), "\n")
  os.exit(1)
end
