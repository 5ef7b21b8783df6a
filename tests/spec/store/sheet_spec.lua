-- The sheets of an import say what plain arrays say, however often they are counted and
-- however early they are written. tests/support/sheet_probe.c makes random marks; here it
-- is built from the objects of the build and run.

local lfs = require "lfs"

local core = require "waymark.core"
local folder = require "tests.support.folder"
local given = require "tests.support.import_store"
local sqlite = require "tests.support.sqlite"

local build = os.getenv "WAYMARK_BUILD" or "build"
local sanitized = (os.getenv "PRELOAD" or "") ~= ""
local plain = "env -u LD_PRELOAD " -- a sanitized probe brings its own

local top
setup(function()
  top = folder.new()
  local objects = {}
  for source in assert(io.popen "find core/base core/attendance core/store -name '*.c'"):lines() do
    objects[#objects + 1] = source:gsub("^core/(.*)%.c$", build .. "/o/%1.o")
  end
  assert(os.execute(("%s gcc -std=c11 -D_GNU_SOURCE -Wall -Wextra -O1 %s -Icore -o '%s/probe' %s '%s' %s"):format(
    plain, sanitized and "-g -fsanitize=address,undefined -fno-sanitize-recover=all" or "", top,
    "tests/support/sheet_probe.c", table.concat(objects, "' '"),
    "-pthread -lsqlite3 -lcsv -ljansson -lcrypto -lxml2 -larchive -lical -lm")))
end)
teardown(function() folder.remove(top) end)

-- A file with one school of 90 pupils, and two imports for amendments to name.
local function new_file(name)
  local dir = top .. "/" .. name
  assert(lfs.mkdir(dir))
  local store = assert(core.store.open(dir .. "/waymark.db", "create"))
  assert(store:put_school { key = "201/1001", name = "Oakfield" })
  local lines = { "upn,surname,forename,dob" }
  for i = 1, 90 do lines[#lines + 1] = ("P%012d,Moss,Ben,2015-01-02"):format(i) end
  folder.write(dir .. "/pupils.csv", table.concat(lines, "\n") .. "\n")
  for _ = 1, 2 do assert(store:import("pupils", dir .. "/pupils.csv", { at = 1700000000 })) end
  store:close()
  return dir .. "/waymark.db"
end

local function probe(path, bytes, seed)
  local pipe = assert(io.popen(("%s '%s/probe' '%s' %d %d 2>&1"):format(plain, top, path, bytes, seed)))
  local text = pipe:read "a"
  return pipe:close() or false, text
end

local function first_row(path, sql)
  local store = assert(core.store.open(path, "read"))
  local _, rows = assert(store:query(sql))
  local row = rows()
  store:close()
  return row
end

describe("sheets", function()
  it("count the same when they are asked twice, also those that were written early", function()
    for seed = 1, 2 do
      local totals
      for _, bytes in ipairs { 1, 20000, 64 << 20 } do
        local path = new_file(("of-%d-%d"):format(seed, bytes))
        local good, text = probe(path, bytes, seed)
        assert.is_true(good, text)
        totals = totals or text
        assert.equal(totals, text)
        local changed = tonumber(text:match "^%d+ %d+ %d+ %d+\n%d+ %d+ (%d+) %d+\n$")
        assert.is_true(changed > 0)
        assert.equal(changed, first_row(path, "SELECT count(*) FROM amendment")[1])
      end
    end
  end)
end)

describe("a slot that no pupil can have", function()
  before_each(given.open)
  after_each(given.close)

  it("is told of, and sizes no block of memory", function()
    given.marks(("881/2345,%s,2026-03-02,AM,/\n"):format(given.ADA))
    for _, slot in ipairs { 1 << 20, 50000000, 2147483646, 1 << 40 } do
      assert(sqlite.run(given.dir .. "/waymark.db", ("UPDATE slot SET slot = %d"):format(slot)))
      for _, everyone in ipairs { true, false } do
        local good, message = pcall(function()
          for _ in assert(given.store:batches { as_of = "2026-03-02", everyone = everyone }) do end
        end)
        assert.is_false(good)
        assert.are.equal("a register has a place of nobody", message.what)
      end
      local report, why = given.import("marks", given.MARKS .. ("881/2345,%s,2026-03-03,AM,/\n"):format(given.ADA))
      assert.is_nil(report)
      assert.is_truthy(why:find("a register has a place of nobody", 1, true), why)
    end
  end)
end)
