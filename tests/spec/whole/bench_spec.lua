-- make bench, at a tiny scale and without the peer that needs the network: all answers
-- agree, too little disk is refused, and nothing is left. It asserts no time.

local folder = require "tests.support.folder"
local lfs = require "lfs"

local build = os.getenv "WAYMARK_BUILD" or "build"

local function is_empty(path)
  for name in lfs.dir(path) do
    if name ~= "." and name ~= ".." then return false end
  end
  return true
end

describe("the bench", function()
  local top, place

  before_each(function()
    top = folder.new()
    place = top .. "/place"
    assert(lfs.mkdir(place))
  end)
  after_each(function() folder.remove(top) end)

  -- -> status, what it printed, what it said on standard error
  local function bench(scale, before)
    local command = ("DUCKDB=no ROUNDS=1 SCALE=%s BENCH_DIR='%s' BUILD='%s' %s sh tests/bench/bench.sh >'%s' 2>'%s'")
      :format(scale, place, build, before or "", top .. "/out", top .. "/err")
    local _, _, status = os.execute(command)
    return status, folder.read(top .. "/out"), folder.read(top .. "/err")
  end

  it("finds that all answers agree, says what is left out, and leaves nothing", function()
    for scale, pupils in pairs { ["2x50"] = 100, ["1x4"] = os.getenv "SLOW" and 4 or nil } do
      local status, out, err = bench(scale)
      assert.are.equal(0, status, err)
      local agree = "\nAll answers agree (SQLite, rows; Waymark, figures; Waymark, sweep; in memory, bytes; "
      assert.is_truthy(out:find(agree, 1, true))
      assert.is_truthy(out:find(pupils .. " pupils, %d+ met the threshold"))
      assert.is_truthy(out:find("| SQLite, a row a mark", 1, true))
      for _, row in ipairs { "bare sweep of the same rules", "what the first run wrote", "a day of the last week" } do
        assert.is_truthy(out:find("| " .. row, 1, true), row)
      end
      assert.is_truthy(out:find("- DuckDB is left out", 1, true))
      assert.is_truthy(err:find("DuckDB is left out: all ratios to it are missing", 1, true))
      assert.is_nil(out:find("| DuckDB", 1, true))
      assert.is_true(is_empty(place))
    end
  end)

  it("makes more than an authority in pieces", function()
    local status, out, err = bench "222x2"
    assert.are.equal(0, status, err)
    assert.is_truthy(err:find("importing schools 221 to 222 of 222", 1, true))
    assert.is_truthy(out:find "All answers agree %([^\n]*%): 444 pupils")
  end)

  it("refuses a disk that is too small, in one line", function()
    local status, out, err = bench "9000000x9000"
    assert.are.equal(1, status)
    assert.are.equal("", out)
    assert.is_truthy(err:find "bench: [%d.]+ GB of disk are needed and [%d.]+ GB are free; give a folder[^\n]*\n$")
    assert.is_true(is_empty(place))
  end)

  it("refuses a scale that it does not know", function()
    local status, _, err = bench "village"
    assert.are.equal(1, status)
    assert.is_truthy(err:find("not village", 1, true))
  end)

  it("removes everything when it is interrupted", function()
    local status = bench("20x1000", "timeout 2")
    assert.are.equal(124, status)
    assert.is_true(is_empty(place))
  end)

  it("asks DuckDB the rules that suggest sweeps, in their order", function()
    local data, space = top .. "/data", top .. "/space"
    assert(lfs.mkdir(data))
    bench "village" -- makes the peers
    local make = "'%s/bench/data' '%s' 1 20 && '%s/waymark' init '%s' >'%s/out'"
    assert(os.execute(make:format(build, data, build, space, top)))
    folder.write(space .. "/waymark.lua", folder.read(data .. "/waymark.lua"))
    for _, kind in ipairs { "schools", "pupils", "marks" } do
      assert(os.execute(("'%s/waymark' -C '%s' import %s '%s/%s.csv' >'%s/out'"):format(build, space, kind, data, kind,
        top)))
    end
    local ask = "LUA_PATH='./?.lua;lua/?.lua;lua/?/init.lua;;' LUA_CPATH='%s/lua/?.so;%s/bench/?.so;;' "
      .. "lua5.4 tests/bench/core.lua rules '%s' 2026-07-16 1 '%s/met' >'%s/out'"
    assert(os.execute(ask:format(build, build, space, top, top)))
    local names = {}
    local block = folder.read "tests/bench/duckdb.mjs":match "\nconst rules = (%b{})"
    for name in block:gmatch '\n  "?([%w-]+)"?: ' do names[#names + 1] = name end
    assert.are.equal(table.concat(names, " "), folder.read(top .. "/out"):match "rules=([^\n]*)")
    assert.is_truthy(folder.read(top .. "/met"):find "^%d+,%d+\n")
  end)

  it("makes the same data from the same seed", function()
    local function made(name)
      local path = top .. "/" .. name
      assert(lfs.mkdir(path))
      assert(os.execute(("'%s/bench/data' '%s' 2 3 pupil 7"):format(build, path)))
      return folder.read(path .. "/marks.csv") .. folder.read(path .. "/day.csv") .. folder.read(path .. "/pupils.csv")
    end
    bench "village" -- makes the peers
    assert.are.equal(made "one", made "two")
  end)
end)
