-- base/scratch: folders for what is there only while it is worked on, and is about children: a page on its way to
-- PDF, what came by standard input.
--
--   scratch.clear(top)                what was left behind goes; `top`: FOLDER/.NAME, with a folder for each place
--   scratch.new(top, seed, names) -> place { path }; nothing is there yet; `names`: the files that will be in it
--   scratch.take(place)               the folder is there, for the owner alone; raises
--   scratch.leave(place)              all of it goes
--
--   1. Beside each folder a file of its name is locked as long as its command runs: others may make theirs at the
--      same time, and what a killed command started may still be at work in its own.
--   2. What leave takes away is named before anything is there, so that it goes without memory, too.

local core = require "waymark.core"
local files = require "waymark.base.files"
local problem = require "waymark.base.problem"

local scratch = {}

local function remove(path)
  if files.kind(path) == "directory" then
    for _, name in ipairs(files.names(path)) do os.remove(path .. "/" .. name) end
  end
  os.remove(path)
end

function scratch.clear(top)
  local is_link = files.kind(top) == "link"
  for _, name in ipairs(is_link and {} or files.names(top)) do
    local lock = name:find "%.lock$" and name or name .. ".lock"
    local handle = files.kind(top .. "/" .. lock) == "file" and files.lock(top .. "/" .. lock)
    if handle ~= false or not files.exists(top .. "/" .. lock) then
      remove(top .. "/" .. lock:gsub("%.lock$", ""))
      remove(top .. "/" .. name)
      os.remove(top .. "/" .. lock)
    end
    if handle then handle:close() end
  end
  os.remove(top)
end

function scratch.new(top, seed, names)
  local path = top .. "/" .. core.system.sha256(seed .. math.random(0)):sub(1, 32)
  local place = { top = top, path = path, lock = false }
  for i, name in ipairs(names) do place[i] = path .. "/" .. name end
  place[#place + 1], place[#place + 2], place[#place + 3] = path, path .. ".lock", top
  return place
end

local most_tries = 20

-- Others may clear `top` meanwhile.
function scratch.take(place)
  local why
  for _ = 1, most_tries do
    problem.check(files.make_folder(place.top))
    place.lock, why = files.lock(place.path .. ".lock")
    if place.lock and files.exists(place.path .. ".lock") then return problem.check(files.make_folder(place.path)) end
    if place.lock then place.lock:close() end
    place.lock = false
  end
  problem.raise("cannot work in %s: %s", place.top, why or "others keep clearing it; try again")
end

function scratch.leave(place)
  if place.lock then place.lock:close() end
  for i = 1, #place do pcall(os.remove, place[i]) end
end

return scratch
