-- flips: bytes of a workspace's database that change by themselves. Each is put into the file alone, at a
-- place that chance picks; when a SELECT of any table, or the schema, then says anything else than before,
-- `check` has to find it, or the file cannot be opened, which says so too.
--
--   ROUNDS=100 SEED=1 lua5.4 tests/fault/flips.lua     (make fault): so many in pages of what people
--       recorded, in those of all other tables, and anywhere, of the workspace of scenes.lua
--   require "tests.fault.flips" (database, rounds [, options])
--       -> { changed =, found =, unused =, missed = { place, … } }
--
-- options: `seed`; `tables`: only in pages of these, or, with `others`, in those of all tables but these;
-- `visit(place)` is called while the file has each byte that changed something.

local chance = require "tests.support.chance"
local core = require "waymark.core"
local folder = require "tests.support.folder"
local rows = require "tests.support.rows"
local sqlite = require "tests.support.sqlite"

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

-- Where the pages begin that a flip may be in, { place, … }, and how long each is.
local function pages(path, options)
  if not options.tables then return { 0 }, #folder.read(path) end
  local list, size = {}, nil
  for page, bytes in assert(sqlite.run(path, ([[SELECT d.pageno, d.pgsize FROM dbstat d JOIN sqlite_schema s
      ON s.name = d.name AND s.type = 'table' WHERE s.name %s IN ('%s') ORDER BY 1]]):format(
      options.others and "NOT" or "", table.concat(options.tables, "', '")))):gmatch "(%d+)|(%d+)" do
    size = tonumber(bytes)
    list[#list + 1] = (tonumber(page) - 1) * size
  end
  return list, size
end

local function flips(path, rounds, options)
  options = options or {}
  local picks, places, size = chance.new(options.seed or 18), pages(path, options)
  local whole = folder.read(path)
  local was = assert(content(path))
  assert(not is_found(path))
  local result = { changed = 0, found = 0, unused = 0, missed = {} }
  for _ = 1, rounds do
    local place, bit
    repeat -- mostly in use
      place, bit = picks:one_of(places) + picks:whole(1, size), picks:whole(0, 7)
    until whole:byte(place) ~= 0
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
      if options.visit then options.visit(place) end
    end
  end
  put(path, whole)
  return result
end

if ... == "tests.fault.flips" then return flips end

local scenes = require "tests.fault.scenes"
local rounds, seed, failed = tonumber(os.getenv "ROUNDS") or 100, tonumber(os.getenv "SEED"), false
local recorded = { "event", "entry", "sheet" }
local w = scenes.copy()
for _, each in ipairs { { "event, entry, sheet", { seed = seed, tables = recorded } },
  { "other tables", { seed = seed, tables = recorded, others = true } }, { "anywhere", { seed = seed } } } do
  local r = flips(w.dir .. "/waymark.db", rounds, each[2])
  print(("flips, %s: %d times, %d changed what can be read, %d of them were found"):format(each[1], rounds, r.changed,
    r.found))
  for _, place in ipairs(r.missed) do print("  byte " .. place) end
  io.stdout:flush()
  failed = failed or #r.missed > 0
end
w:remove()
scenes.remove()
os.exit(not failed, true)
