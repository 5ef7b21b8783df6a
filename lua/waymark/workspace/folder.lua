-- workspace/folder: the folder of a workspace that is to be made: by `init` anew, by `restore` from
-- a backup. The database comes last and whole, so that either can be done again when it was killed.
--
--   folder.settings(wanted)    -> the text of waymark.lua in a new workspace, the road map that it
--                              follows, those that there are; wanted: its name, else the general one
--   folder.prepare(path)       make the folder, or be content with an empty one
--   folder.fill(path, text)    plugins/ and documents/, and waymark.lua with that text

local core = require "waymark.core"
local files = require "waymark.base.files"
local problem = require "waymark.base.problem"
local road_map = require "waymark.plugin.road_map"
local check = core.sdk "check"

local folder = {}

local head = [[
-- The settings of this Waymark workspace. Lines that begin with two hyphens are
-- comments: take the hyphens away from what you need and fill in your own.
-- Schools and calendars may come from CSV files instead:
--   waymark import schools schools.csv
--   waymark import calendar calendar.csv

-- school { name = "Oakfield Primary School", laestab = "881/2345", phase = "primary" }

-- year "2025-26" {
--   term { "2025-09-01", "2025-12-19", half_term = { "2025-10-27", "2025-10-31" } },
--   term { "2026-01-05", "2026-03-27", half_term = { "2026-02-16", "2026-02-20" } },
--   term { "2026-04-13", "2026-07-20", half_term = { "2026-05-25", "2026-05-29" } },
--   inset { "2025-09-01", "2025-10-24", "2025-11-03", "2026-05-01", "2026-07-20" },
--   closed { "2026-05-04" },
-- }

-- staff { attendance_officer = "Sam Reed <sam@oakfield.example>", head = "Jo Marsh <jo@oakfield.example>" }

-- Who records, so that nobody has to say --by with each command: your name, or names by the login of the computer.
-- by "Sam Reed"
-- by { sreed = "Sam Reed", jmarsh = "Jo Marsh" }

-- The day on which you begin with Waymark: concerns from before it raise no line.
-- start "2026-01-05"

]]

function folder.settings(wanted)
  local maps = road_map.available { known = {} }
  local by_name, lines, used = {}, {}, road_map.general(maps)
  for i, map in ipairs(maps) do
    by_name[map.name], lines[i] = map, ("--   %-23s %s\n"):format(('use "%s"'):format(map.name), map.title)
  end
  if wanted then
    used = by_name[wanted] or problem.raise('there is no road map "%s"%s; look at: waymark plugin list', wanted,
      check.did_you_mean(wanted, check.names(by_name)))
  end
  return ("%s-- The road map that you follow, one of these:\n%s-- Options go in braces after its name: "
    .. "waymark plugin options NAME\n%s\n"):format(head, table.concat(lines), used and ('use "%s"'):format(used.name)
    or '-- use "NAME"'), used, maps
end

local function is_settings_as_made(text)
  for line in text:sub(#head + 1):gmatch "[^\n]+" do
    if not line:find "^%-%-" and not line:find '^use "[%w-]+"$' then return false end
  end
  return text:sub(1, #head) == head
end

-- What a folder may hold that is to become a workspace: what an `init` or `restore` that was
-- killed has made before the database, which comes last and whole.
local function is_left_over(dir, name, restored)
  local path = dir .. "/" .. name
  if name == "plugins" or name == "documents" then return files.is_folder(path) and #files.names(path) == 0 end
  if name == "waymark.lua" then return restored or is_settings_as_made(files.read(path) or "") end
  return name:find "^%.waymark%-%x+%.new$" ~= nil or name:find "^waymark%.db%.part" ~= nil
end

-- The database of a restore until all else is there: beside it waymark.lua is the backup's.
function folder.unfinished(dir) return dir .. "/waymark.db.partial" end

function folder.prepare(dir)
  if files.exists(dir) and not files.is_folder(dir) then
    problem.raise("%s is a file; choose another name", dir)
  end
  problem.check(files.need_folder(dir))
  if files.exists(dir .. "/waymark.db") then
    problem.raise("%s holds a workspace already (waymark.db); choose another folder", dir)
  end
  local restored = files.kind(folder.unfinished(dir)) == "file"
  for _, name in ipairs(files.names(dir)) do
    if name == "waymark.lua" and not is_left_over(dir, name, restored) then
      problem.raise("%s holds a workspace already (waymark.lua), but no database; restore a backup to another folder, "
        .. "or put waymark.lua elsewhere first", dir)
    elseif not is_left_over(dir, name, restored) then
      problem.raise("%s is not empty; a workspace needs a new or empty folder", dir)
    end
  end
end

function folder.fill(dir, settings)
  for _, name in ipairs { "plugins", "documents" } do problem.check(files.make_folder(dir .. "/" .. name)) end
  problem.check(files.replace(dir .. "/waymark.lua", settings))
end

return folder
