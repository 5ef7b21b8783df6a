-- Two weeks of the example school as twelve systems export them (examples/exports): each is the same registers, byte
-- for byte.

local core = require "waymark.core"
local workspace = require "tests.support.workspace"

local now, pupils = " --now 2026-03-20T09:00", 40

local w, list, school

-- The sheets of a workspace.
local function sheets(dir)
  local store = assert(core.store.open(dir .. "/waymark.db", "read"))
  local rows = assert(store:rows "SELECT key, hex(am) AS am, hex(pm) AS pm FROM sheet ORDER BY key")
  store:close()
  return rows
end

setup(function()
  w = workspace.new { settings = workspace.read "examples/oakfield/waymark.lua":gsub('use "local"', "") }
  assert(os.execute(("lua5.4 examples/oakfield/make.lua '%s/oak'"):format(w.top)))
  local path = package.path
  package.path = "examples/exports/?.lua;" .. path
  local exports = require "exports"
  package.path = path
  list, school = exports.list, exports.read(w.top .. "/oak", "2026-03-02", "2026-03-13", pupils)
  w:ok("import pupils oak/pupils.csv" .. now)
end)
teardown(function() w:remove() end)

it("there are twelve", function()
  assert.are.equal(12, #list)
  assert.are.equal(pupils, #school.pupils)
end)

describe("the same registers come out of", function()
  local wanted

  -- Take a file in, in a copy of the workspace. -> report, sheets
  local function taken(name, bytes, how)
    w:file(name, bytes)
    assert(os.execute(("rm -rf '%s/copy' && cp -a '%s' '%s/copy'"):format(w.top, w.dir, w.top)))
    local report = w:json(("-C copy import marks %s %s"):format(name, how) .. now)
    return report, sheets(w.top .. "/copy")
  end

  setup(function()
    local lines = { "upn,date,session,code" }
    for _, day in ipairs(school.days) do
      for _, pupil in ipairs(school.pupils) do
        for _, half in ipairs { "AM", "PM" } do
          lines[#lines + 1] = table.concat({ pupil.upn, day, half, school.code(pupil.upn, day, half) }, ",")
        end
      end
    end
    wanted = select(2, taken("plain.csv", table.concat(lines, "\n") .. "\n", ""))
    assert.are.equal(#school.days, #wanted)
  end)

  for _, name in ipairs { "long.csv", "daily.csv", "grid.csv", "grid-two-rows.csv", "string.csv", "ctf.xml",
    "wonde.json", "sims.csv", "arbor.csv", "bromcom.csv", "scholarpack.csv", "marks.xlsx" } do
    it(name, function()
      for _, each in ipairs(list) do
        if each.name == name then
          local report, got = taken(name, each.make(school), each.how)
          assert.are.same({ pupils * #school.days * 2, 0 }, { report.added, report.left_out })
          assert.are.same(wanted, got)
          return
        end
      end
      error("no such export: " .. name)
    end)
  end
end)
