-- The test kit for authors of plugins: schools in a few lines, and what can be asked of them.

local core = require "waymark.core"
local files = require "waymark.base.files"
local folder = require "tests.support.folder"
local kit = require "waymark.kit"
local kit_golden = require "waymark.kit.golden"
local kit_marks = require "waymark.kit.marks"
local words = require "waymark.plugin.words"
local workspace = require "tests.support.workspace"

workspace.fork_kit()

local pupil = kit.pupil

-- What a call raises, without the place.
local function fault(work, ...)
  local ok, message = pcall(work, ...)
  assert.is_false(ok)
  return (tostring(message):gsub("^[^:]+:%d+: ", ""))
end

-- Days open but for Wednesdays' afternoons and all Fridays.
local function open_days()
  local open, day = {}, "2025-09-08"
  while day <= "2025-09-26" do
    local weekday = core.date.weekday(day)
    if weekday < 5 then open[day] = { AM = true, PM = weekday ~= 3 } end
    day = core.date.add(day, 1)
  end
  return open
end

local function as_text(rows)
  local list = {}
  for i, row in ipairs(rows) do list[i] = ("%s %s %s"):format(row.date:sub(9), row.half, row.code) end
  return table.concat(list, ", ")
end

describe("a week of marks", function()
  it("is a Monday, then two codes a day", function()
    assert.are.equal("08 AM /, 08 PM \\, 09 AM N, 09 PM N, 11 AM C1, 11 PM \\",
      as_text(kit_marks.read("2025-09-08: // NN -- [C1]/", open_days())))
  end)

  it("can stand for every week of a period, on school days alone", function()
    assert.are.equal("08 AM O, 08 PM \\, 10 AM L, 15 AM O, 15 PM \\, 17 AM L",
      as_text(kit_marks.read("2025-09-08 to 2025-09-19: O/ -- LL -- II", open_days())))
    assert.are.equal("08 AM O, 15 AM O", as_text(kit_marks.read("2025-09-08 to 2025-09-15: O- -O", {
      ["2025-09-08"] = { AM = true }, ["2025-09-15"] = { AM = true } })))
  end)

  for text, said in pairs {
    ["2025-09-09: //"] = '"2025-09-09: //" begins with a Tuesday; a week begins with its Monday: 2025-09-08',
    ["2025-09-08: ///"] = '"2025-09-08: ///": "///" has 3 codes; a day has two, morning and afternoon; '
      .. "put a code such as C1 in brackets: [C1]/",
    ["2025-09-08: // // // // // //"] =
      '"2025-09-08: // // // // // //" has 6 days; a week has up to five, from Monday on, with a space between',
    ["2025-09-08: [C1//"] = '"2025-09-08: [C1//": "[C1//" is no day; a day is two codes: //',
    ["2025-09-08: -- -- -- -- //"] = '"2025-09-08: -- -- -- -- //": Friday 12 September 2025 is no school day in '
      .. "this school; write -- for it, or give the school another year",
    ["Monday"] = '"Monday" is no week; write it as "2025-09-08: // // // // //"',
    ["8 September: //"] = '"8 September: //" is no week; write it as "2025-09-08: // // // // //"',
    ["first: //"] = '"first: //": "first" is no date; write it as 2025-09-08',
  } do
    it("says what is wrong: " .. text, function()
      assert.are.equal(said, fault(kit_marks.read, text, open_days()))
    end)
  end
end)

describe("a school of the kit", function()
  for said, what in pairs {
    ['school has no field "uses"; did you mean "use"?'] = { uses = "", pupil "Ada" {} },
    ['school: "use" should be a text'] = { use = { "essex" }, pupil "Ada" {} },
    ["school: item 1 should be a pupil: kit.pupil \"Ada\" { … }"] = { "Ada" },
    ['a school has at least one pupil: kit.pupil "Ada" { … }'] = { day = "2025-09-08" },
    ['the school has no marks; give day = "2025-09-08"'] = { pupil "Ada" {} },
    ['there are two pupils "Ada"; give each a surname'] = { pupil "Ada" {}, pupil "Ada" {} },
  } do
    it("says what is wrong: " .. said, function() assert.are.equal(said, fault(kit.school, what)) end)
  end

  it("says what is wrong with a pupil, at the line of the spec", function()
    local ok, message = pcall(function()
      local made = pupil "Ada" { yaer = 5 }
      return made
    end)
    assert.is_false(ok)
    assert.is_truthy(message:find "kit_spec%.lua:%d+: pupil \"Ada\" has no field \"yaer\"; did you mean \"year\"%?$")
  end)

  it("says what the program says of its settings", function()
    assert.is_truthy(fault(kit.school, { settings = "schol {}", pupil "Ada" {}, day = "2025-09-08" })
      :find('unknown word "schol"; did you mean "school"?', 1, true))
    local school <close> = kit.school { use = 'use "esex"', pupil "Ada" { "2025-09-08: //" } }
    assert.is_truthy(fault(school.suggested, school):find('there is no plugin "esex"; did you mean "essex"?', 1, true))
  end)

  it("is gone when it is closed, and when it is forgotten", function()
    local school = kit.school { pupil "Ada" { "2025-09-08: //" } }
    local path = school.space.top
    assert.is_true(files.is_folder(path))
    school:close()
    school:close()
    assert.is_false(files.is_folder(path))
    path = kit.school({ pupil "Ada" { "2025-09-08: //" } }).space.top
    collectgarbage()
    collectgarbage()
    assert.is_false(files.is_folder(path))
  end)

  it("has the pupils and contacts that are given", function()
    local school <close> = kit.school { pupil "Ada Byron" { "2025-09-08: //", year = 9, form = "9B", sen = "K",
      contacts = { { forename = "Annabella", surname = "Milbanke", relationship = "mother", lives_with = true } } } }
    local found = core.decode(school:run("sql", "SELECT surname, year, form, sen FROM pupils", "--format", "json").out)
    assert.are.same({ surname = "Byron", year = "9", form = "9B", sen = "K" }, found[1])
    school:record("Ada Byron", "absence-callback", { outcome = "spoke", with = "mother" })
    assert.is_truthy(school:run("chronology", school:upn "Ada Byron").out:find("Annabella Milbanke", 1, true))
  end)
end)

describe("what is asked of a school", function()
  local school
  before_each(function()
    school = kit.school {
      use = 'use "england" use "essex" use "callbacks"',
      pupil "Ada" { "2025-09-08: // NN // NN //" },
      pupil "Ben" { "2025-09-08: // // // // //" },
    }
  end)
  after_each(function() school:close() end)

  it("is asked about a day: what comes later is not known yet", function()
    assert.are.same({}, school:on "2025-09-08":steps "Ada")
    assert.are.same({ "absence-callback" }, school:on "2025-09-09":steps "Ada")
    assert.are.same({}, school:on "2025-09-10":steps "Ada")
    assert.are.equal(2, core.decode(school:run("sql", "SELECT count(*) AS n FROM mark WHERE code = 'N'", "--format",
      "json").out)[1].n)
  end)

  it("lists suggestions by pupil, and records nothing", function()
    local list = school:on "2025-09-09":suggested()
    assert.are.equal(1, #list)
    assert.are.same({ "Ada", "absence-callback", "N-streak from 2025-09-09 AM", 2 },
      { list[1].pupil, list[1].step, list[1].concern, list[1].evidence[1].count })
    assert.are.same({}, school:suggested "Ben")
    assert.are.same({}, school:events())
  end)

  it("explains", function()
    assert.is_true(school:on "2025-09-09":explain("Ada", "absence-callback").suggested)
    assert.is_false(school:explain("Ben", "absence-callback").suggested)
  end)

  it("records what people do, and says what the command says", function()
    school:on "2025-09-09":suggest()
    school:record("Ada", "absence-callback", { outcome = "spoke", note = "a 'cold'", fields = { reason = "ill" } })
    assert.are.same({}, school:steps "Ada")
    assert.are.equal("entry.recorded", school:events "entry.recorded"[1].kind)
    assert.is_truthy(fault(school.record, school, "Ada", "absence-callback", { outcome = "spok" })
      :find('the outcome "spok" is not one of: ', 1, true))
    assert.are.equal('there is no field "outcom"; did you mean "outcome"?',
      fault(school.record, school, "Ada", "absence-callback", { outcom = "spoke" }))
    assert.are.equal('there is no pupil "Ad" in this school; did you mean "Ada"?', fault(school.steps, school, "Ad"))
  end)

  it("gives contacts as plugins see them, what was recorded, and asks a step about one pupil", function()
    local own <close> = kit.school { pupil "Ada" { "2025-09-08: // NN",
      contacts = { { forename = "Ann", surname = "Byron", address = "1 High Street", priority = 1 } } } }
    local contacts = own:contacts "Ada"
    assert.are.same({ "Ann", "1 High Street", 1 }, { contacts[1].forename, contacts[1].address, contacts[1].priority })
    assert.are.same({ fields = {} }, own:consult("Ada", "absence-callback", "complete"))
    own:record("Ada", "absence-callback", { outcome = "no-answer" })
    assert.are.same({ "absence-callback" }, { own:entries "Ada"[1].step })
  end)

  for said, work in pairs {
    ['there is no pupil "Adda" in this school; did you mean "Ada"?'] = function(s) local _ = s:steps "Adda" end,
    ["steps takes a pupil's name"] = function(s) local _ = s:steps() end,
    ["record takes a pupil's name"] = function(s) local _ = s:record() end,
    ["write it with a colon: school:steps(…)"] = function(s) local _ = s.steps "Ada" end,
    ['a school has no "stpes"; did you mean "steps"?'] = function(s) local _ = s:stpes "Ada" end,
  } do
    it("says at the line of the spec, and of no other: " .. said, function()
      local ok, message = pcall(work, school)
      assert.is_false(ok)
      assert.are.equal("kit_spec.lua:N: " .. said, (message:gsub("^[^:]*(kit_spec%.lua):%d+:", "%1:N:")))
    end)
  end

  it("takes not now, a bypass and a hold", function()
    school:on "2025-09-09":suggest()
    school:not_now("Ada", "absence-callback", { note = "the form tutor rings" })
    assert.are.same({}, school:steps "Ada")
    school:bypass("Ben", "pupil-check-in", { note = "not needed" })
    school:hold("Ben", { ["until"] = "2025-10-01", ask = "head" })
    local kinds = {}
    for i, event in ipairs(school:events()) do kinds[i] = event.kind end
    assert.are.same({ "suggestion.made", "entry.put-off", "entry.bypassed", "entry.held" }, kinds)
  end)

  it("keeps what hooks asked for, and sends nothing", function()
    assert.are.same({}, school:on "2025-09-09":effects())
    school:suggest()
    local effect = school:effects()[1]
    assert.are.same({ "callbacks", "mail", "suggestion.made", "2025-09-09", "Ada", "attendance_officer", "callbacks" },
      { effect.plugin, effect.kind, effect.about, effect.on, effect.pupil, effect.to, effect.template })
    assert.is_truthy(effect.message:find("^From: "))
    assert.is_truthy(effect.message:find("Ada Example, 5A: Absence call-back", 1, true))
    assert.is_truthy(files.is_folder(school.space.dir .. "/documents/outbox"))
  end)

  it("says that days go forward, where a run would record nothing", function()
    school:on "2025-09-10":suggest()
    assert.are.equal("nothing would be recorded on 2025-09-09: suggestions up to 2025-09-10 are recorded already; "
      .. "go on in order of the days", fault(school.suggest, school:on "2025-09-09"))
  end)

  it("takes marks that are amended later", function()
    school:on "2025-09-09":suggest()
    school:on "2025-09-10":mark("Ada", "2025-09-08: -- II"):suggest()
    local lapsed = school:events "suggestion.lapsed"
    assert.are.equal("Ada", lapsed[1].pupil)
    assert.is_truthy(lapsed[1].data.why:find("2025-09-09 AM N → I", 1, true))
  end)

  it("counts how often each step and gate was asked, in the worker, and leaves nothing behind", function()
    local calls = school:on "2025-09-09":calls()
    assert.are.same({ suggest = 1, gate = 0 }, calls["absence-callback"]) -- it has a when, which Ben does not meet
    assert.is_nil(calls["attendance-policy"])
    assert.is_nil(calls["kit-count"])
    assert.are.same({}, school:events())
    assert.is_falsy(school:run("plugin", "list").out:find("kit-count", 1, true))
    assert.are.same({ "absence-callback" }, school:steps "Ada")
  end)

  it("raises what a plugin that fails says, in its worker", function()
    local top = folder.new()
    finally(function() folder.remove(top) end)
    os.execute(("mkdir -p '%s/mine/steps'"):format(top))
    folder.write(top .. "/mine/plugin.lua", 'return { name = "mine", version = "1", api = 1, reads = { "registers" } }')
    folder.write(top .. "/mine/init.lua", 'return { road_map = { "a" } }')
    folder.write(top .. "/mine/steps/a.lua", 'return step { title = "A", principle = "listen",\n'
      .. 'gate = function(pupil) return "no" end,\nsuggest = function(pupil)\n'
      .. 'return pupil.name end }')
    local other <close> = kit.school { use = 'use "england" use "mine"', plugins = top,
      pupil "Ada" { "2025-09-08: //" } }
    local said = fault(other.steps, other, "Ada")
    assert.is_truthy(said:find("mine/steps/a.lua:4: ", 1, true), said)
    assert.is_truthy(said:find("pupil.name", 1, true), said)
  end)

  it("counts gates where a step gave a reason", function()
    local top = folder.new()
    finally(function() folder.remove(top) end)
    os.execute(("mkdir -p '%s/mine/steps'"):format(top))
    folder.write(top .. "/mine/plugin.lua", 'return { name = "mine", version = "1", api = 1, reads = { "registers" } }')
    folder.write(top .. "/mine/init.lua", 'return { road_map = { "a" } }')
    folder.write(top .. "/mine/steps/a.lua", 'local n = count { name = "n", codes = "N", at_least = 1 }\n'
      .. 'return step { title = "A", principle = "listen", gate = function() return "no" end,\n'
      .. 'suggest = function(pupil) return pupil:count(n):because "away" end }')
    local other <close> = kit.school { use = 'use "england" use "mine"', plugins = top,
      pupil "Ada" { "2025-09-08: NN" }, pupil "Ben" { "2025-09-08: //" }, pupil "Cal" { "2025-09-08: /N" } }
    assert.are.same({ a = { suggest = 3, gate = 2 } }, other:calls())
  end)
end)

it("the name of a golden file is no path", function()
  for _, name in ipairs { "../x", "a/b.txt", "/tmp/x", ".busted", "..", ("a"):rep(41), "", 7 } do
    local ok, message = pcall(kit_golden.compare, name, "text")
    assert.is_false(ok)
    assert.truthy(message:find('golden "NAME.txt": ', 1, true), message)
  end
end)

describe("a golden file that is not there", function()
  local update = kit_golden.update
  after_each(function() kit_golden.update = update end)

  it("is written by a command that can be typed as it stands", function()
    kit_golden.update = false
    local top = folder.new()
    finally(function() folder.remove(top) end)
    os.execute(("mkdir -p '%s/mine/spec'"):format(top))
    folder.write(top .. "/mine/plugin.lua", "return {}")
    local text = 'local kit = require "waymark.kit" local _ = kit.golden("a.txt", "a")'
    local path = top .. "/mine/spec/a_spec.lua"
    assert.is_truthy(fault(assert(load(text, "@" .. path)))
      :find("a.txt; write it with: waymark plugin test mine --update, and read it", 1, true))
    assert.is_truthy(fault(assert(load(text, "@" .. top .. "/a_spec.lua")))
      :find("write it with: the specs again, with WAYMARK_UPDATE=1, and read it", 1, true))
  end)
end)

describe("what is written down for authors", function()
  local function names(set)
    local list = {}
    for name in pairs(set) do list[#list + 1] = name end
    table.sort(list)
    return list
  end

  it("has the types of all that the kit offers", function()
    local types = folder.read "lua/waymark/kit/types.d.lua"
    assert(load(types, "=types.d.lua", "t"))
    local school <close> = kit.school { pupil "Ada" { "2025-09-08: //" } }
    for _, name in ipairs(names(getmetatable(school).__index)) do
      assert.is_truthy(types:find("function school:" .. name .. "(", 1, true), name)
    end
    for _, name in ipairs(names(kit)) do
      assert.is_truthy(types:find("kit." .. name, 1, true), name)
    end
  end)

  it("says what each grant and effect means in plain words", function()
    assert.are.same(names(words.grants), (function()
      local list = { table.unpack(words.all_grants) }
      table.sort(list)
      return list
    end)())
    for _, name in ipairs(core.sdk("manifest").sends) do assert.is_truthy(words.sends[name], name) end
  end)
end)
