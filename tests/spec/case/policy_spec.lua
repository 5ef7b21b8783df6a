-- The attendance policy is a step of the school, not of a pupil: its version, when it was
-- published, whom it was told, and its yearly review.

local core = require "waymark.core"
local rows = require "tests.support.rows"
local sqlite = require "tests.support.sqlite"
local workspace = require "tests.support.workspace"

local step = [[
return step {
  title = "Attendance policy", principle = "expect", scope = "school", period = calendar_days(365),
  records = {
    version = { type = "text", required = true },
    published_on = { type = "date", required = true },
    families_told_on = { type = "date", not_before = "published_on" },
    review_by = { type = "date", not_before = "published_on" },
  },
  outcomes = { "reviewed", "told" },
}
]]

local pupils = [[
upn,surname,forename,year,form,joined,left
B801200005001,Byron,Ada,5,5A,2024-09-02,
C801200005002,Marsh,Ben,5,5A,2025-09-15,
D801200005003,Reed,Cal,5,5B,2025-09-15,2025-09-19
]]

local function new(settings, list)
  local w = workspace.new { settings = settings or workspace.essex .. 'use "local"\n', files = {
    ["pupils.csv"] = list or pupils,
    ["marks.csv"] = workspace.registers { C801200005002 = { ["2025-09-16"] = "N N" } },
    ["w/plugins/local/plugin.lua"] = 'return { name = "local", version = "1", api = 2, extends = "essex",\n'
      .. '  reads = { "registers", "cases", "pupil.dob" } }\n',
    ["w/plugins/local/init.lua"] = 'return { road_map = parent.road_map }\n',
    ["w/plugins/local/steps/attendance-policy.lua"] = step,
  } }
  w:ok "import pupils pupils.csv --now 2025-09-01T08:00Z"
  return w
end

local policy = "record-school attendance-policy "
local september = " --now 2025-09-10T09:00Z"

local function state(w, as_of)
  local line = ([[-e 'print(require("waymark.core").encode(require("waymark.case.policy").state(
    require("waymark.workspace").open("%s", "read"), "881/2345", "%s")))']]):format(w.dir, as_of):gsub("\n%s*", " ")
  return core.decode(w:ok(line))
end

describe("the attendance policy", function()
  local w

  before_each(function() w = new() end)
  after_each(function()
    w:ok "check"
    w:remove()
  end)

  local function publish()
    w:ok(policy .. '--set version=2 --set published_on=2025-09-02 --by "Jo Marsh"' .. september)
  end

  it("is recorded with its version and the day it was published; what was not recorded is not known", function()
    assert.same({ step = "attendance-policy", review_due = false, joiners = {} }, state(w, "2025-09-10"))
    publish()
    assert.same({ step = "attendance-policy", version = "2", published = "2025-09-02", review_by = "2026-09-01",
      review_due = false, joiners = {} }, state(w, "2025-09-10"))
  end)

  it("is known by the roles of its records, whatever these are called", function()
    w:file("w/plugins/local/plugin.lua", 'return { name = "local", version = "1", api = 3, extends = "essex",\n'
      .. '  reads = { "registers", "cases", "pupil.dob" } }\n')
    w:file("w/plugins/local/steps/attendance-policy.lua", [[
return step { title = "Attendance policy", principle = "expect", scope = "school", outcomes = { "told" },
  records = { printed = { type = "date", role = "published" }, look_on = { type = "date", role = "review-by" } } }]])
    local err = w:expect(1, policy .. "--set printed=2025-09-12" .. september).err
    assert.truthy(err:find("printed: 2025-09-12 is still to come", 1, true), err)
    w:ok(policy .. "--set printed=2025-09-09 --set look_on=2026-07-01" .. september)
    local now = state(w, "2025-09-10")
    assert.same({ "2025-09-09", "2026-07-01" }, { now.published, now.review_by })
  end)

  it("is refused without what it needs, with days to come, or in the wrong order", function()
    local function refused(words, line)
      local err = w:expect(1, policy .. line .. september).err
      assert.truthy(err:find(words, 1, true), err)
    end
    refused("Attendance policy also needs: published_on; give it with --set published_on=…", "--set version=2")
    refused("2025-09-12 is still to come", "--set version=2 --set published_on=2025-09-12")
    publish()
    refused("families_told_on: 2025-09-01 comes before published_on, 2025-09-02", "--set families_told_on=2025-09-01")
    refused('did you mean "published_on"?', "--set publishd_on=2025-09-01")
    refused('the outcome "revued" is not one of: reviewed, told', "--outcome revued")
    refused("say what is to be recorded", "")
    assert.equal(1, #w:json "record-school --list")
  end)

  it("is to be reviewed by the day that its entry names", function()
    w:ok(policy .. "--set version=2 --set published_on=2025-09-02 --set review_by=2025-10-01" .. september)
    assert.equal("2025-10-01", state(w, "2025-09-10").review_by)
    assert.is_true(state(w, "2025-10-10").review_due)
  end)

  it("is to be reviewed after a year, or on the day that was said, and a review begins another year", function()
    publish()
    assert.is_false(state(w, "2026-08-31").review_due)
    assert.is_true(state(w, "2026-09-01").review_due)
    w:ok(policy .. "--outcome reviewed --now 2026-07-06T09:00Z")
    assert.same({ "2026-07-06", "2027-07-05", false },
      { state(w, "2026-09-01").reviewed, state(w, "2026-09-01").review_by, state(w, "2026-09-01").review_due })
    w:ok(policy .. "--outcome reviewed --review-on 2026-12-01 --now 2026-09-07T09:00Z")
    assert.equal("2026-12-01", state(w, "2026-09-08").review_by)
    assert.equal("2027-07-05", state(w, "2026-09-01").review_by)
  end)

  it("was told to families on the day of the outcome told, when no other day is given", function()
    publish()
    w:ok(policy .. "--outcome told" .. september)
    assert.equal("2025-09-10", state(w, "2025-09-10").told)
    assert.equal(2, #state(w, "2025-09-16").joiners)
    w:ok(policy .. "--outcome told --now 2025-09-17T09:00Z")
    assert.same({}, state(w, "2025-09-17").joiners)
    w:ok(policy .. "--outcome told --set families_told_on=2025-09-05 --now 2025-09-18T09:00Z")
    assert.equal("2025-09-05", state(w, "2025-09-18").told)
  end)

  it("names who joined after families were told, until they are told themselves", function()
    publish()
    w:ok(policy .. "--set families_told_on=2025-09-03" .. september)
    assert.same({}, state(w, "2025-09-12").joiners)
    local joiners = state(w, "2025-09-16").joiners
    assert.same({ "Ben Marsh", "Cal Reed" }, { joiners[1].name, joiners[2].name })
    assert.equal("2025-09-15", joiners[1].joined)
    assert.equal(1, #state(w, "2025-09-22").joiners) -- Cal has left
    w:ok 'record "Ben Marsh" attendance-policy --outcome told --now 2025-09-22T09:00Z'
    assert.same({}, state(w, "2025-09-22").joiners)
    assert.equal(2, #state(w, "2025-09-16").joiners)
  end)

  it("begins anew with a new version: families are to be told again", function()
    publish()
    w:ok(policy .. "--set families_told_on=2025-09-03" .. september)
    w:ok(policy .. "--set version=3 --set published_on=2026-01-05 --now 2026-01-05T09:00Z")
    local now = state(w, "2026-01-06")
    assert.same({ "3", "2026-01-05" }, { now.version, now.published })
    assert.is_nil(now.told)
    assert.equal("2", state(w, "2025-12-31").version)
  end)

  it("told to one family answers no concern", function()
    w:ok "import marks marks.csv --now 2025-09-16T17:00Z"
    w:ok "suggest --as-of 2025-09-16 --now 2025-09-16T17:00Z"
    local out = w:ok 'record "Ben Marsh" attendance-policy --outcome told --now 2025-09-16T18:00Z'
    assert.is_nil(out:find "answered")
    local open = w:json "suggest --as-of 2025-09-16 --now 2025-09-16T19:00Z"
    assert.equal("absence-callback", open[1].step)
    local err = w:expect(1, 'record "Ben Marsh" attendance-policy --now 2025-09-16T18:00Z').err
    assert.truthy(err:find("waymark record-school attendance-policy", 1, true), err)
  end)

  it("is listed for people and programs; a dry run keeps nothing", function()
    w:ok(policy .. "--set version=2 --set published_on=2025-09-02 --dry-run" .. september)
    assert.equal("[]\n", w:ok "record-school --list --format json")
    publish()
    local out = w:ok("record-school --list" .. september)
    assert.truthy(out:find("To be reviewed by  Tuesday 1 September 2026", 1, true), out)
    assert.truthy(out:find("Published on: Tue 2 Sep 2025; Version: 2", 1, true), out)
    assert.equal("attendance-policy", w:csv "record-school --list"[1].step)
  end)
end)

describe("an entry of a school", function()
  it("is never changed or removed, and check finds it when it was", function()
    local w = new()
    finally(function() w:remove() end)
    w:ok(policy .. "--set version=2 --set published_on=2025-09-02" .. september)
    local db = w.dir .. "/waymark.db"
    for sql, words in pairs { ["DELETE FROM school_event"] = "never removed",
      ["UPDATE school_event SET by = 'X'"] = "never changed" } do
      local done, why = sqlite.run(db, sql)
      assert.is_nil(done)
      assert.truthy(why:find(words, 1, true), why)
    end
    assert(sqlite.run(db, "DROP TRIGGER school_event_unchanged;"
      .. " UPDATE school_event SET body = replace(body, '2', '3')"))
    local err = w:expect(1, "check").err
    assert.truthy(err:find("the text of entry 1 of a school is not what was recorded", 1, true), err)
  end)

  it("is in a backup, and in what is restored from it", function()
    local w = new()
    finally(function() w:remove() end)
    w:ok(policy .. "--set version=2 --set published_on=2025-09-02" .. september)
    w:ok "backup copy"
    w:ok "restore copy new"
    local was = rows.all(w.dir .. "/waymark.db").school_event
    assert.equal(1, #was)
    assert.same(was, rows.all(w.top .. "/new/waymark.db").school_event)
  end)

  it("names its school where there are several", function()
    local w = new(workspace.essex:gsub("year", 'school { name = "Beech School", laestab = "881/2399" }\nyear', 1)
      .. 'use "local"\n', "school,upn,surname,forename\n881/2345,B801200005001,Byron,Ada\n")
    finally(function() w:remove() end)
    local err = w:expect(1, policy .. "--outcome reviewed" .. september).err
    assert.truthy(err:find("say which school, with --school: 881/2345, 881/2399", 1, true), err)
    w:ok(policy .. '--set version=1 --set published_on=2025-09-01 --school "Beech School"' .. september)
    assert.equal("881/2399", w:json "record-school --list --school 881/2399"[1].school)
    assert.same({}, w:json "record-school --list --school 881/2345")
  end)
end)
