-- intake/inbox: a folder into which files are put, and out of which `update` takes them:
-- what each of them is, and where it goes afterwards.
--
--   INBOX/done/DAY-NAME, INBOX/failed/DAY-NAME    and beside it DAY-NAME.report.txt
--
--   1. Hidden files, folders, and names that end like a file half copied (.part,
--      .tmp, ~ …) are left alone. A link, a pipe or a device stays, and is said.
--   2. A file is known by its headings, under the names that other systems and the profiles in use have for them
--      too; where they fit nothing, by a word in the name of a CSV file, so that the import says which heading is
--      missing. A name that says another kind than the headings is doubted. What is known by neither is nobody's
--      business, and stays.
--   3. What changed within the last minute waits: it may still be being copied; so does what is
--      dated more than a day ahead, since the newest of a kind is taken last. What was read is
--      what is moved: another file that took its name meanwhile stays.
--   4. The report is written before the file is moved; a move is one rename.

local lfs = require "lfs"
local calendars = require "waymark.intake.calendars"
local core = require "waymark.core"
local examine = require "waymark.exports.examine"
local exports = require "waymark.exports"
local files = require "waymark.base.files"
local problem = require "waymark.base.problem"
local reading = require "waymark.exports.reading"
local sources = require "waymark.exports.sources"

local inbox = {}

-- In the order in which they have to be taken.
inbox.kinds = { "schools", "calendar", "pupils", "contacts", "marks", "entries", "actions" }

local place_of = {}
for place, kind in ipairs(inbox.kinds) do place_of[kind] = place end

-- What a file is --------------------------------------------------------------------

local function is_csv(name) return name:lower():find "%.csv$" ~= nil end

-- The kinds that a name says: in their order, a set too.
local function kinds_by_name(name)
  local low, kinds = name:lower(), {}
  for _, kind in ipairs(inbox.kinds) do
    if low:find(kind, 1, true) then kinds[#kinds + 1], kinds[kind] = kind, true end
  end
  return kinds
end

-- space: whose profiles are asked, too | nil. -> kind | nil, why it is none, whether it is one of those that are taken
-- in all the same
function inbox.kind(path, name, space)
  if calendars.form(path) then return "calendar" end
  local headings, fault = examine.headings(path)
  if fault then return nil, fault.message, not fault.machine and is_csv(name) and #kinds_by_name(name) > 0 end
  local kind, named = reading.kind(headings), kinds_by_name(name)
  if not kind and space then
    local ok, found = pcall(exports.kind_by_profile, space, path)
    if not ok and not problem.is(found) then error(found, 0) end
    if not ok then return nil, found.message end
    kind = found
  end
  if kind == "totals" then return nil, "it has totals of attendance and no marks; export the marks themselves", true end
  if kind and #named > 0 and not named[kind] then
    return nil, ("it is called %s, and its headings are those of %s; see which it is, and give it a name that fits")
      :format(named[1], kind), true
  end
  kind = kind or is_csv(name) and named[1] or nil
  return kind, not kind and "its headings are none that can be taken in; see: waymark import --help" or nil
end

local function is_left_alone(folder, name)
  return sources.is_half_copied(name) or files.kind(folder .. "/" .. name) == "directory"
end

-- What a name leads to just now: which file, of which size, last changed when.
function inbox.state(path)
  local facts = lfs.symlinkattributes(path) or {}
  return ("%s %s %s"):format(facts.ino, facts.size, facts.modification)
end

local minute, one_day = 60, 24 * 60 * 60

-- Why a file that changed at a time (seconds) waits, or nil. The clock of who wrote it may be a little ahead of `now`;
-- and `now` may stand in for an earlier day.
local function why_waits(changed, now)
  if changed - math.max(now, core.system.now()) > one_day then
    return ("it is dated %s, more than a day ahead of today; give it the date of its download (touch FILE), or wait")
      :format(core.system.local_text(changed):sub(1, 10))
  end
  local age = now - changed
  return age < minute and age > -one_day
    and "it changed within the last minute and may still be being copied; the next update takes it" or nil
end

local longest_name = 200 -- bytes; a day, a number and an ending come to it

-- What lies in the folder at the time `now`, in the order in which it is to be taken, kind by kind and of each the
-- newest last: { name, path, state, kind | nil, why, stays = is it nothing that may be moved }.
function inbox.list(folder, now, space)
  local list = {}
  for _, name in ipairs(files.names(folder)) do
    if not is_left_alone(folder, name) then
      local path = folder .. "/" .. name
      local what = files.kind(path)
      local kind, why, is_known = nil, ("this is a %s; put the file itself there"):format(what), false
      local state, changed = inbox.state(path), lfs.symlinkattributes(path, "modification") or now
      if what == "file" and #name > longest_name then
        why = "its name is too long; give the file a shorter one"
      elseif what == "file" then
        why = why_waits(changed, now)
        if not why then kind, why, is_known = inbox.kind(path, name, space) end
      end
      list[#list + 1] = { name = name, path = path, state = state, kind = kind, why = why, changed = changed,
        place = place_of[kind] or math.huge, stays = not kind and not is_known }
    end
  end
  table.sort(list, function(a, b)
    if a.place ~= b.place then return a.place < b.place end
    if a.changed ~= b.changed then return a.changed < b.changed end
    return a.name < b.name
  end)
  return list
end

-- Where it goes ---------------------------------------------------------------------

-- Where a file of that name can lie in a folder.
function inbox.free_path(folder, name)
  local stem, ending = name:match "^(.*)(%.%w+)$"
  if not stem then stem, ending = name, "" end
  return problem.check(files.free(folder, stem, { ending })) .. ending
end

-- Move a file to done/ or failed/ with its report beside it. -> where it is now | nil: another took
-- its name since it was listed, and stays
function inbox.move(folder, file, where, day, report)
  problem.check(files.make_folder(folder .. "/" .. where))
  local to = inbox.free_path(folder .. "/" .. where, day .. "-" .. file.name)
  problem.check(files.write(to .. ".report.txt", report))
  local moved, message = os.rename(file.path, to)
  local is_same = moved and inbox.state(to) == file.state
  if not is_same then os.remove(to .. ".report.txt") end
  if not moved then problem.raise("cannot move %s; check the permissions of the folder", message) end
  if not is_same then
    problem.check(os.rename(to, inbox.free_path(folder, file.name)))
    return nil
  end
  if lfs.attributes(to, "nlink") == 1 then core.system.private(to) end -- what has another name is others' too
  return to
end

-- One update at a time in a folder; the lock goes with the process. Others may write in the
-- folder, so what has the name is looked at, and nothing in it is changed. -> what to keep
function inbox.lock(folder)
  local path = folder .. "/.waymark-update"
  local kind = files.kind(path)
  if kind and kind ~= "file" then problem.raise("%s is a %s, not a file of Waymark's; take it away", path, kind) end
  local lock = problem.check(files.lock(path))
  return lock or problem.raise("another update is at work in %s; wait until it has ended", folder)
end

return inbox
