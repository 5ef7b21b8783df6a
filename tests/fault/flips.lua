-- flips: bytes of a workspace's database that change by themselves. Each is put into the file alone, at a
-- place that chance picks; when a SELECT of any table, or the schema, then says anything else than before,
-- `check` has to find it, or the file cannot be opened, which says so too.
--
--   ROUNDS=400 lua5.4 tests/fault/flips.lua            (make fault)
--   require "tests.fault.flips" (database, rounds, visit)   -> { changed =, found =, unused =, missed = { place, … } }
--
-- `visit(place)` is called while the file has each byte that changed something.

local chance = require "tests.support.chance"
local core = require "waymark.core"
local folder = require "tests.support.folder"
local rows = require "tests.support.rows"

local function put(path, bytes)
  for _, ending in ipairs { "-wal", "-shm" } do os.remove(path .. ending) end
  folder.write(path, bytes)
end

-- All that can be read, as one text; nil when something cannot.
local function content(path)
  local ok, tables = pcall(rows.all, path)
  collectgarbage() -- the store of a failure
  if not ok then return nil end
  local parts = {}
  for name, list in pairs(tables) do parts[#parts + 1] = name .. "\n" .. table.concat(list, "\n") end
  table.sort(parts)
  return table.concat(parts, "\n")
end

-- Whether something is found: the store says no, or has findings.
local function is_found(path)
  local store = core.store.open(path, "read")
  local findings = store and store:check()
  if store then store:close() end
  return not findings or #findings > 0
end

local function flips(path, rounds, visit)
  local whole, picks = folder.read(path), chance.new(18)
  local was = assert(content(path))
  assert(not is_found(path))
  local result = { changed = 0, found = 0, unused = 0, missed = {} }
  for _ = 1, rounds do
    local place, bit
    repeat place, bit = picks:whole(1, #whole), picks:whole(0, 7) until whole:byte(place) ~= 0 -- mostly in use
    put(path, whole:sub(1, place - 1) .. string.char(whole:byte(place) ~ 1 << bit) .. whole:sub(place + 1))
    if content(path) == was then
      result.unused = result.unused + 1
    else
      result.changed = result.changed + 1
      if is_found(path) then
        result.found = result.found + 1
      else
        result.missed[#result.missed + 1] = place
      end
      if visit then visit(place) end
    end
  end
  put(path, whole)
  return result
end

return flips
