-- Plans, what is for each parent, and the fields that a step records: versions, outcomes
-- and what they are the outcome of, what a step works out or refuses, and files: what was
-- made, what was sent, what was signed.

local cases = require "waymark.case"
local core = require "waymark.core"
local opener = require "waymark.workspace"
local workspace = require "tests.support.workspace"

local contract = [[
return step {
  title = "Attendance contract", principle = "formalise", plan = true, audience = "family",
  records = {
    parent = "contact",
    parties = "contacts",
    met_on = { type = "date", required = true },
    barriers = "list",
    views = "text",
    sessions = "list",
    place = { type = "choice", choices = { "at school", "at home" } },
    review_dates = "dates",
    actions = "actions",
    from = "date",
    to = { type = "date", not_before = "from" },
    visits = { type = "number", least = 1, most = 20, default = 2 },
    agreed = "yes-no",
    signatures = "signatures",
  },
  outcomes = { "kept", "not-kept", "not-agreed", "rearranged" }, attempts = { "rearranged" },
}
]]

local notice = [[
return step {
  title = "Notice to Improve", principle = "formalise", period = school_weeks(6), each_parent = true,
  records = {
    parent = { type = "contact", required = true },
    served_on = { type = "date", required = true },
    period_from = "date", period_to = "date", checks = "dates", tolerated = "number",
  },
  tolerance = "tolerated",
  outcomes = { "improved", "not-improved" },
  complete = function(pupil, case, fields)
    if #case:running "notice" > 1 then return nil, "two notices run already" end
    local from = fields.period_from or date.add(fields.served_on, 3)
    return { period_from = from, period_to = pupil.calendar:weeks_period(from, 6), tolerated = 0,
      checks = { date.add(from, 14), date.add(from, 28) } }
  end,
}
]]

local penalty = [[
return step {
  title = "Penalty notice", principle = "enforce",
  records = { parent = "contact", issued_on = "date", amount = "number" },
  complete = function(_, _, fields) return { amount = fields.amount or 160 } end,
}
]]

local contacts = [[
upn,title,forename,surname,relationship,parental_responsibility,lives_with,priority
C801200005002,Ms,Joan,Marsh,mother,1,1,1
C801200005002,Mr,Joe,Marsh,father,1,1,2
C801200005002,Mrs,Rose,Marsh,grandmother,0,0,3
]]

local twins = contacts .. "C801200005002,Mr,Joe,Marsh,stepfather,1,,4\n"

local function new()
  local w = workspace.new { settings = workspace.essex .. 'use "local"\n', files = {
    ["pupils.csv"] = "upn,surname,forename,dob\nC801200005002,Marsh,Ben,2015-06-11\n",
    ["contacts.csv"] = contacts,
    ["marks.csv"] = workspace.registers { C801200005002 = { ["2026-03-02"] = "/ \\" } },
    ["w/plugins/local/plugin.lua"] = 'return { name = "local", version = "1", api = 2, extends = "essex",\n'
      .. '  reads = { "registers", "cases", "pupil.dob" }, consults = { "contacts" } }\n',
    ["w/plugins/local/init.lua"] = 'return { further = { "penalty-notice" },\n'
      .. '  road_map = parent.road_map:insert_after("attendance-contract", "notice") }\n',
    ["w/plugins/local/steps/attendance-contract.lua"] = contract,
    ["w/plugins/local/steps/notice.lua"] = notice,
    ["w/plugins/local/steps/penalty-notice.lua"] = penalty,
    ["signed.pdf"] = "signed",
  } }
  for _, kind in ipairs { "pupils", "contacts", "marks" } do
    w:ok(("import %s %s.csv --now 2026-03-02T18:00Z"):format(kind, kind))
  end
  return w
end

local w

before_each(function() w = new() end)
after_each(function()
  w:ok "check"
  w:remove()
end)

local function on(day) return (" --now %sT18:00Z"):format(day) end

local function record(step, rest, day) return w:ok(('record "Ben Marsh" %s %s'):format(step, rest) .. on(day)) end

local function refused(words, step, rest, day)
  local err = w:expect(1, ('record "Ben Marsh" %s %s'):format(step, rest) .. on(day or "2026-03-10")).err
  assert.truthy(err:find(words, 1, true), err)
end

-- The bodies of all entries, in order.
local function bodies()
  local list = w:json [[sql "SELECT n.event AS id, n.body FROM entry n ORDER BY n.event"]]
  for i, each in ipairs(list) do
    local body = each.body and core.decode(each.body) or {}
    body.id, list[i] = each.id, body
  end
  return list
end

local function last() return bodies()[#bodies()] end

local met = "--set met_on=2026-03-03"

describe("a field", function()
  it("of each type is read, and a list is given one item a --set", function()
    record("attendance-contract", met .. ' --set parties=mother --set "parties=Joe Marsh" --set "barriers=the bus"'
      .. ' --set barriers=sleep --set "place=At home" --set review_dates=2026-03-20 --set review_dates=2026-04-20'
      .. ' --set "actions=Lift on Mondays; Mrs Rose Marsh; 2026-03-20" --set "actions=Breakfast club;school"'
      .. ' --set agreed=YES --set "signatures=Ms Joan Marsh; 2026-03-03" --set signatures=father', "2026-03-03")
    local body = last()
    assert.same({
      met_on = "2026-03-03", parties = { "Ms Joan Marsh", "Mr Joe Marsh" }, barriers = { "the bus", "sleep" },
      place = "at home", review_dates = { "2026-03-20", "2026-04-20" }, agreed = "yes", visits = 2,
      actions = { { what = "Lift on Mondays", owner = "Mrs Rose Marsh", by = "2026-03-20" },
        { what = "Breakfast club", owner = "school" } },
      signatures = { { who = "Ms Joan Marsh", on = "2026-03-03" }, { who = "Mr Joe Marsh" } },
    }, body.fields)
    assert.same({ parties = { 1, 2 } }, body.contacts)
  end)

  it("that is not what it should be is refused, and says what it may be", function()
    for words, set in pairs {
      ['"in town" is not one of: at school, at home'] = '"place=in town"',
      ['visits: 0 should be from 1 to 20'] = "visits=0",
      ['visits: "many" is not a number'] = "visits=many",
      ["to: 2026-03-01 comes before from, 2026-03-03"] = "from=2026-03-03 --set to=2026-03-01",
      ['"Lift" is not an action; write it as: what; who; 2026-03-20'] = "actions=Lift",
      ['"Lift; us; soon" is not an action'] = '"actions=Lift; us; soon"',
      ['"marsh" may be Ms Joan Marsh or Mr Joe Marsh or Mrs Rose Marsh'] = "parent=marsh",
      ['views: it is given twice'] = "views=a --set views=b",
      ['review_dates: "soon" is not a date'] = "review_dates=2026-03-20 --set review_dates=soon",
      ['agreed: "perhaps" is not a yes-no'] = "agreed=perhaps",
      ['does not record "barrier"; did you mean "barriers"?'] = "barrier=x",
    } do
      refused(words, "attendance-contract", met .. " --set " .. set)
    end
    refused("Attendance contract also needs: met_on; give it with --set met_on=…", "attendance-contract", "")
    assert.same({}, bodies())
  end)

  it("that is required is not asked of an attempt", function()
    record("attendance-contract", "--outcome rearranged", "2026-03-03")
    assert.is_true(last().attempt)
  end)

  it("of a contact keeps the contact's id, and does so when the contacts come in again", function()
    record("attendance-contract", met .. " --set parent=father", "2026-03-03")
    assert.same({ parent = 2 }, last().contacts)
    w:file("contacts.csv", contacts:gsub("Ms,Joan,Marsh", "Ms,Joan,Moss"))
    w:ok("import contacts contacts.csv" .. on "2026-03-04")
    local ids = w:json [[sql "SELECT contact, forename || ' ' || surname AS name FROM contacts ORDER BY contact"]]
    assert.same({ { contact = 2, name = "Joe Marsh" }, { contact = 3, name = "Rose Marsh" },
      { contact = 4, name = "Joan Moss" } }, ids)
  end)
end)

describe("a plan", function()
  it("has versions: a further entry takes over what is not given anew but signatures, and both stay", function()
    record("attendance-contract", met .. ' --set parent=mother --set barriers=sleep --set "views=We try."'
      .. " --set signatures=mother", "2026-03-03")
    record("attendance-contract", "--set met_on=2026-03-10 --set barriers=bus --set views=", "2026-03-10")
    local first, second = table.unpack(bodies())
    assert.same({ 1, 2, first.id }, { first.version, second.version, second.replaces })
    assert.same({ met_on = "2026-03-10", parent = "Ms Joan Marsh", barriers = { "bus" }, visits = 2 }, second.fields)
    assert.same({ parent = 1 }, second.contacts)
    assert.same({ "sleep" }, first.fields.barriers)
  end)

  it("is not ended by an attempt; an outcome ends its latest version and names it", function()
    record("attendance-contract", met, "2026-03-03")
    record("attendance-contract", "--outcome rearranged", "2026-03-09")
    record("attendance-contract", "--set met_on=2026-03-10", "2026-03-10")
    record("attendance-contract", "--outcome kept", "2026-04-20")
    local list = bodies()
    assert.equal(list[3].id, list[4].of)
    record("attendance-contract", "--set met_on=2026-05-05", "2026-05-05")
    assert.same({ 1 }, { last().version })
    assert.is_nil(last().replaces)
  end)

  it("with each parent apart is told apart, and an outcome says whose it is", function()
    record("attendance-contract", met .. " --set parent=mother", "2026-03-03")
    record("attendance-contract", met .. " --set parent=father", "2026-03-03")
    refused("more than one runs (entry 1 of Tuesday 3 March 2026, for Ms Joan Marsh; entry 2 of Tuesday 3 March 2026,"
      .. " for Mr Joe Marsh); say which with --of NUMBER", "attendance-contract", "--outcome kept")
    refused("more than one runs", "attendance-contract", met)
    record("attendance-contract", "--outcome not-kept --set parent=father", "2026-03-10")
    assert.equal(2, last().of)
    record("attendance-contract", "--outcome kept", "2026-03-10")
    assert.same({ 1, "Ms Joan Marsh" }, { last().of, last().fields.parent })
  end)

  it("is meant by the number of any of its versions, while it runs", function()
    record("attendance-contract", met, "2026-03-03")
    record("attendance-contract", met .. " --set views=x", "2026-03-04")
    record("attendance-contract", "--outcome kept --of 1", "2026-03-10")
    assert.equal(2, last().of)
    refused("entry 1 of Tuesday 3 March 2026 does not run any more", "attendance-contract", "--outcome kept --of 1")
    refused("the pupil has no entry 99 that stands", "attendance-contract", "--outcome kept --of 99")
    refused("entry 1 is not one of: Notice to Improve", "notice", "--outcome improved --of 1")
  end)

  it("has nothing before it that belongs to it", function()
    record("attendance-contract", met, "2026-03-03")
    refused("2026-03-02 comes before entry 1 of Tuesday 3 March 2026", "attendance-contract", "--outcome kept"
      .. " --on 2026-03-02")
  end)

  it("that was struck out has no next version", function()
    record("attendance-contract", met, "2026-03-03")
    w:ok('correct "Ben Marsh" 1 --why "another child"' .. on "2026-03-04")
    record("attendance-contract", met, "2026-03-04")
    assert.equal(1, last().version)
  end)
end)

describe("a step that is one for each parent", function()
  it("names a contact of the pupil", function()
    refused("Notice to Improve is one for each parent: say for whom with --set parent=NAME (Ms Joan Marsh,"
      .. " Mr Joe Marsh)", "notice", "--set served_on=2026-03-05")
    refused('"aunt" is none of the pupil\'s contacts', "notice", "--set parent=aunt --set served_on=2026-03-05")
  end)

  it("works out what was not given, and leaves what was", function()
    record("notice", "--set parent=mother --set served_on=2026-03-06 --set tolerated=2", "2026-03-06")
    assert.same({ parent = "Ms Joan Marsh", served_on = "2026-03-06", period_from = "2026-03-09",
      period_to = "2026-04-30", tolerated = 2, checks = { "2026-03-23", "2026-04-06" } }, last().fields)
  end)

  it("is refused with its reason, and recorded all the same with --despite, which the chronology says", function()
    record("notice", "--set parent=mother --set served_on=2026-03-06", "2026-03-06")
    record("notice", "--set parent=father --set served_on=2026-03-06", "2026-03-06")
    local third = "--set parent=grandmother --set served_on=2026-03-06"
    refused('two notices run already; if it was done all the same, say why with --despite "…"', "notice", third)
    record("notice", third .. ' --despite "The court asked for it."', "2026-03-10")
    local why = last().cannot
    assert.truthy(why:find "; two notices run already$", why)
    local rows = w:json('chronology "Ben Marsh"' .. on "2026-03-10").entries
    assert.same({ why, "The court asked for it." }, { rows[3].gate, rows[3].despite })
  end)

  it("is begun once while it runs, whatever is said", function()
    record("notice", "--set parent=mother --set served_on=2026-03-06", "2026-03-06")
    local one = "entry 1 of Friday 6 March 2026, for Ms Joan Marsh"
    refused(one .. " runs, and no second one is begun beside it; say what came of it with --outcome",
      "notice", "--set parent=mother --set served_on=2026-03-10 --despite 'A new start.'")
    record("notice", "--outcome improved", "2026-05-04")
    assert.equal(1, last().of)
  end)

  it("has an outcome for each, with the name of the parent", function()
    record("notice", "--set parent=mother --set served_on=2026-03-06", "2026-03-06")
    record("notice", "--set parent=father --set served_on=2026-03-06", "2026-03-06")
    refused("more than one runs", "notice", "--outcome improved", "2026-05-04")
    record("notice", "--outcome improved --set parent=mother", "2026-05-04")
    record("notice", "--outcome not-improved --of 2", "2026-05-04")
    local list = bodies()
    assert.same({ 1, 2 }, { list[3].of, list[4].of })
    assert.same({ "Ms Joan Marsh", "Mr Joe Marsh" }, { list[3].fields.parent, list[4].fields.parent })
    assert.same({ parent = 2 }, list[4].contacts)
  end)
end)

describe("the parent of a step that is one for each", function()
  local served = " --set served_on=2026-03-06"

  it("is not the neighbour among the contacts; what was done all the same is recorded", function()
    refused('"Mrs Rose Marsh" (grandmother) is not known as a parent: a parent has parental responsibility, or the'
      .. " child lives with them (parents: Ms Joan Marsh, Mr Joe Marsh)", "notice",
      "--set parent=grandmother" .. served)
    record("notice", "--set parent=grandmother --despite 'She has the care of Ben.'" .. served, "2026-03-06")
    assert.same({ "Mrs Rose Marsh", 3 }, { last().fields.parent, last().contacts.parent })
    assert.truthy(last().cannot:find("not known as a parent", 1, true))
  end)

  it("is kept by name where no contacts came in, and told apart by it", function()
    w:file("none.csv", "upn,surname,forename,dob\nB801200005001,Byron,Ada,2015-04-03\n")
    w:ok("import pupils none.csv" .. on "2026-03-02")
    local function of_ada(status, line) return w:expect(status, "record Ada penalty " .. line .. on "2026-03-10") end
    w:file("w/plugins/local/steps/penalty.lua", (penalty:gsub('"enforce",', '"enforce", each_parent = true,\n'
      .. '  outcomes = { "paid" },')))
    w:file("w/plugins/local/init.lua", 'return { further = { "penalty" } }\n')
    local err = of_ada(1, "--set 'parent=Lady Byron'").err
    assert.truthy(err:find('"Lady Byron" is none of the pupil\'s contacts (no contacts were imported for the pupil);'
      .. ' if it was done all the same, say why with --despite "…", and the name is kept as you write it', 1, true),
      err)
    of_ada(0, "--set 'parent=Lady Byron' --despite 'It came by post.'")
    of_ada(0, "--set 'parent=Lord 😀 O\"Byron' --despite 'It came by post.'")
    err = of_ada(1, "--outcome paid").err
    assert.truthy(err:find("more than one runs", 1, true), err)
    of_ada(0, "--outcome paid --set 'parent=lady byron'")
    local list = bodies()
    assert.same({ 1, "Lady Byron" }, { list[3].of, list[3].fields.parent })
    assert.same({ [[Lord 😀 O"Byron]] }, { list[2].fields.parent })
    w:file("later.csv", "upn,title,forename,surname,relationship,parental_responsibility\n"
      .. 'B801200005001,Lord,😀,"O""Byron",father,1\n')
    w:ok("import contacts later.csv" .. on "2026-03-11")
    of_ada(0, "--outcome paid --set parent=father")
    assert.equal(2, last().of)
  end)

  it("is one of two of the same name: the relationship tells", function()
    w:file("twins.csv", twins)
    w:ok("import contacts twins.csv" .. on "2026-03-02")
    refused('parent: "Mr Joe Marsh" may be Mr Joe Marsh (father) or Mr Joe Marsh (stepfather); give more of the name',
      "notice", '--set "parent=Mr Joe Marsh"' .. served)
    record("notice", '--set "parent=Mr Joe Marsh (stepfather)"' .. served, "2026-03-06")
    local second = last().contacts.parent
    record("notice", "--set parent=father" .. served, "2026-03-06")
    assert.are_not.equal(second, last().contacts.parent)
    refused("more than one runs", "notice", "--outcome improved")
  end)

  it("is nobody marked no contact, unless it was done all the same", function()
    w:file("barred.csv", "upn,title,forename,surname,relationship,parental_responsibility,no_contact\n"
      .. "C801200005002,Mr,Joe,Marsh,father,1,1\n")
    w:ok("import contacts barred.csv" .. on "2026-03-02")
    refused('Mr Joe Marsh is marked "no contact": nobody may write to or ring this person', "notice",
      "--set parent=father" .. served)
    record("notice", '--set parent=father --despite "A solicitor serves it."' .. served, "2026-03-06")
    assert.equal("Mr Joe Marsh", last().fields.parent)
  end)

  it("of an outcome is that of what it ends", function()
    record("notice", "--set parent=mother" .. served, "2026-03-06")
    record("notice", "--set parent=father" .. served, "2026-03-06")
    refused("entry 1 of Friday 6 March 2026, for Ms Joan Marsh is not for Mr Joe Marsh", "notice",
      "--outcome improved --of 1 --set parent=father")
    assert.equal(2, #bodies())
  end)
end)

describe("what is no entry to belong to", function()
  it("is said in a line, and nothing is recorded", function()
    w:file("other.csv", "upn,surname,forename,dob\nB801200005001,Byron,Ada,2015-04-03\n")
    w:ok("import pupils other.csv" .. on "2026-03-02")
    w:ok("record Ada attendance-contract --set met_on=2026-03-02" .. on "2026-03-02")
    record("attendance-contract", met, "2026-03-03")
    w:ok('correct "Ben Marsh" 2 --why slip' .. on "2026-03-03")
    for _, of in ipairs { 1, 2, 3, 99 } do
      refused(("the pupil has no entry %d that stands"):format(of), "attendance-contract",
        "--outcome kept --of " .. of) -- Ada's, struck out, a correction, none
    end
    record("attendance-contract", met, "2026-03-04")
    record("attendance-contract", "--outcome kept", "2026-03-05")
    refused("entry 4 of Wednesday 4 March 2026 does not run any more", "attendance-contract", "--outcome kept --of 4")
    refused("entry 4 of Wednesday 4 March 2026 does not run any more", "attendance-contract", "--of 4 " .. met)
    assert.equal(4, #bodies())
  end)
end)

describe("what was struck out", function()
  it("leaves the version before it, and the plan whose outcome it was", function()
    record("attendance-contract", met .. " --set barriers=sleep --review-on 2026-03-20", "2026-03-03")
    record("attendance-contract", "--set barriers=bus --review-on 2026-03-25", "2026-03-04")
    w:ok('correct "Ben Marsh" 2 --why slip' .. on "2026-03-05")
    record("attendance-contract", "--outcome kept", "2026-03-06")
    assert.equal(1, last().of)
    w:ok(('correct "Ben Marsh" %d --why slip'):format(last().id) .. on "2026-03-07")
    record("attendance-contract", "--set barriers=train", "2026-03-08")
    assert.same({ 2, 1 }, { last().version, last().replaces })
  end)
end)

describe("a further step", function()
  it("is recorded like a step", function()
    record("penalty-notice", "--set parent=mother --set issued_on=2026-03-02", "2026-03-02")
    assert.same({ parent = "Ms Joan Marsh", issued_on = "2026-03-02", amount = 160 }, last().fields)
  end)
end)

describe("what was made of a template", function()
  -- As `waymark letter` keeps it; -> the number of the entry
  local function made(parent, step, more)
    w:file("w/documents/x.html", "made")
    local space = opener.open(w.dir, "write", core.system.time "2026-03-06T18:00Z")
    local _ <close> = setmetatable({}, { __close = function() space:close() end })
    local what = { document = "notice-to-improve", title = "Notice to Improve", language = "en", parent = parent,
      path = "documents/x.html", digest = core.system.sha256 "made", bytes = 4, name = "notice.html" }
    for name, value in pairs(more or {}) do what[name] = value end
    local ok, id = pcall(space.change, space, false, function()
      space:settle()
      local pupil = space:find_pupil "Ben Marsh"
      what.step = space:map_for_school(pupil.school).declared.steps_by_name[step]
      return cases.keep_rendered(space, pupil, what, { by = "Sam Reed" })
    end)
    return tostring(not ok and id.message or id)
  end

  local function titles(audience, day)
    local list = {}
    for i, row in ipairs(w:json(('chronology "Ben Marsh" --for %s'):format(audience) .. on(day)).entries) do
      list[i] = row.title
    end
    return list
  end

  it("is for staff until a version is marked as sent; the version that went out is for others too", function()
    assert.equal("1", made(1, "notice"))
    assert.same({ "A letter was made: Notice to Improve, for Ms Joan Marsh (not yet marked as sent)" },
      titles("staff", "2026-03-06"))
    assert.same({}, titles("referral", "2026-03-06"))
    w:ok('attach "Ben Marsh" signed.pdf --as sent --of 1' .. on "2026-03-09")
    assert.same({ "A letter was made: Notice to Improve, for Ms Joan Marsh (sent on Monday 9 March 2026)",
      "A letter was sent: Notice to Improve, for Ms Joan Marsh" }, titles("staff", "2026-03-09"))
    assert.same({ "A letter was sent: Notice to Improve, for Ms Joan Marsh" }, titles("referral", "2026-03-09"))
  end)

  it("can be marked as sent as it was made", function()
    made(2, "notice")
    w:ok('attach "Ben Marsh" --as sent --of 1' .. on "2026-03-09")
    assert.same({ "documents/x.html", 1 }, { last().file.path, last().of })
    local err = w:expect(1, 'attach "Ben Marsh" --as sent' .. on "2026-03-09").err
    assert.truthy(err:find("no letter to a parent was made that is not recorded as sent", 1, true), err)
    err = w:expect(1, 'attach "Ben Marsh" --as signed' .. on "2026-03-09").err
    assert.truthy(err:find("name the file", 1, true), err)
  end)

  it("is for a contact of the pupil", function()
    assert.equal("the pupil has no contact 9", made(9, "notice"))
    assert.same({}, bodies())
  end)

  it("reaches plugins as a file, and is no entry of its step", function()
    made(1, "notice")
    w:ok('attach "Ben Marsh" signed.pdf --as sent --of 1' .. on "2026-03-09")
    local out = w:ok([[-e 'local core = require "waymark.core"
      for p in pupils { as_of = "2026-03-10" } do print(core.encode(p.case)) end']] .. on "2026-03-10")
    local case = core.decode(out)
    assert.same({ id = 1, kind = "rendered", on = "2026-03-06", school = "881/2345", audience = "staff",
      title = "Notice to Improve", file_name = "notice.html", contacts = { parent = 1 },
      fields = { document = "notice-to-improve", language = "en", parent = "Ms Joan Marsh" } }, case[1])
    assert.same({ 2, "attached", "sent", "signed.pdf", 1 },
      { case[2].id, case[2].kind, case[2].as, case[2].file_name, case[2].of })
    assert.is_nil(case[2].step)
  end)

  it("has the signed copy of a plan beside it", function()
    record("attendance-contract", met, "2026-03-03")
    w:ok('attach "Ben Marsh" signed.pdf --as signed --of 1' .. on "2026-03-09")
    assert.equal("The signed copy was kept: Attendance contract of Tuesday 3 March 2026", titles("referral",
      "2026-03-09")[2])
    made(1, "notice")
    local err = w:expect(1, 'attach "Ben Marsh" signed.pdf --as signed --of 3' .. on "2026-03-09").err
    assert.truthy(err:find("entry 3 is no step that was recorded", 1, true), err)
    record("attendance-contract", "--outcome kept", "2026-03-10") -- the file ended nothing
    assert.equal(1, last().of)
  end)
end)

describe("the chronology", function()
  local function row(i) return w:json('chronology "Ben Marsh"' .. on "2026-05-04").entries[i] end

  local function words(i)
    local list = {}
    for k, each in ipairs(row(i).words) do list[k] = (each.label and each.label .. ": " or "") .. each.text end
    return list
  end

  it("says fields as people do: dates, lists, actions and signatures", function()
    record("attendance-contract", met .. ' --set parties=mother --set parties=father --set barriers=bus'
      .. ' --set barriers=sleep --set review_dates=2026-03-20 --set parent=mother'
      .. ' --set "actions=Lift on Mondays; Mr Joe Marsh; 2026-03-20" --set "actions=Breakfast club; school; 2027-01-05"'
      .. ' --set "signatures=mother; 2026-03-03" --set signatures=Ben', "2026-03-03")
    assert.same({ "Parent: Ms Joan Marsh", "Barriers: bus; sleep", "Met on: Tuesday 3 March 2026",
      "Parties: Ms Joan Marsh, Mr Joe Marsh", "Review dates: Friday 20 March 2026", "Visits: 2",
      "Actions: Lift on Mondays (Mr Joe Marsh, by Friday 20 March 2026); Breakfast club (school, by Tuesday 5 January "
        .. "2027)",
      "Signatures: Ms Joan Marsh (Tuesday 3 March 2026), Ben" }, words(1))
  end)

  it("says half days and days of the week, not what a register calls them", function()
    record("attendance-contract", met .. ' --set "sessions=2026-03-02 AM" --set "sessions=2026-03-02 PM"', "2026-03-03")
    assert.equal("Half days: Mon 2 Mar 2026, morning; Mon 2 Mar 2026, afternoon", words(1)[2])
  end)

  it("keeps every version, and says what an outcome is the outcome of", function()
    record("attendance-contract", met, "2026-03-03")
    record("attendance-contract", "--set met_on=2026-03-10", "2026-03-10")
    record("attendance-contract", "--outcome rearranged", "2026-04-13")
    record("attendance-contract", "--outcome kept", "2026-04-20")
    assert.equal("Attendance contract, version 1, replaced on Tuesday 10 March 2026", row(1).title)
    assert.equal("Attendance contract, version 2", row(2).title)
    assert.same({ "About: Attendance contract of Tuesday 10 March 2026, version 2" }, words(3))
    assert.same({ "Outcome of: Attendance contract of Tuesday 10 March 2026, version 2" }, words(4))
  end)

  it("for others names parties who are parents, and no other adult, number or address", function()
    record("attendance-contract", met .. ' --set parties=mother --set parties=father --set parties=grandmother'
      .. ' --set "barriers=Ring 07700 900112 or joe@marsh.example" --set "barriers=Mrs Rose Marsh is ill"'
      .. ' --set "actions=Lift by Mrs Rose Marsh; Rose" --set "actions=Wake up call; grandmother; 2026-03-20"'
      .. ' --set "actions=Call; Mr Joe Marsh" --set signatures=grandmother --set signatures=mother', "2026-03-03")
    local out = w:ok('chronology "Ben Marsh" --for referral' .. on "2026-03-10")
    for _, hidden in ipairs { "Rose", "07700", "joe@" } do assert.is_nil(out:find(hidden, 1, true), out) end
    out = out:gsub("%s+", " ")
    for _, said in ipairs { "Parties: Ms Joan Marsh, Mr Joe Marsh, another adult",
      "Signatures: another adult, Ms Joan Marsh", "Call (Mr Joe Marsh)" } do
      assert.truthy(out:find(said, 1, true), out)
    end
  end)
end)

describe("import entries", function()
  local rows = "upn,date,step,outcome,parent,met_on,barriers,actions,signatures,of\n"
    .. "C801200005002,2026-03-02,attendance-contract,,mother,2026-03-02,the bus | sleep,"
    .. "Lift; school; 2026-03-20|Call; mother,Ms Joan Marsh; 2026-03-02,\n"
    .. "C801200005002,2026-03-05,attendance-contract,kept,,,,,,2026-03-02\n"

  it("takes lists, the parent's number, and what an outcome is the outcome of, once", function()
    w:file("entries.csv", rows)
    assert.equal(2, w:json("import entries entries.csv" .. on "2026-03-06").added)
    local first, second = table.unpack(bodies())
    assert.same({ parent = 1 }, first.contacts)
    assert.same({ parent = "mother", met_on = "2026-03-02", barriers = { "the bus", "sleep" },
      actions = { { what = "Lift", owner = "school", by = "2026-03-20" }, { what = "Call", owner = "mother" } },
      signatures = { { who = "Ms Joan Marsh", on = "2026-03-02" } } }, first.fields)
    assert.equal(1, second.of)
    assert.equal(2, w:json("import entries entries.csv" .. on "2026-03-07").unchanged)
  end)

  it("leaves out an outcome of what is not there", function()
    w:file("entries.csv", (rows:gsub("2026%-03%-02\n$", "2026-03-01\n")))
    local r = w:expect(3, "import entries entries.csv --format json" .. on "2026-03-06")
    local reason = core.decode(r.out).reasons[1]
    assert.same({ "of", 3, 'nothing of that kind without an outcome is recorded as "2026-03-01"' },
      { reason.name, reason.examples[1].line, reason.examples[1].words })
  end)
end)

describe("import actions", function()
  -- The list of a day, with the outcome filled in where a notice for somebody has ended;
  -- `of` stands in a column of its own.
  local function fill_in(name, of)
    w:ok("today -o list.csv" .. on "2026-05-05")
    local text = workspace.read(w.top .. "/list.csv"):gsub("([^\n]*)\n", function(line)
      local cell = line:find("number,pupil", 1, true) and "of" or line:find(name, 1, true) and of or ""
      if line:find(name, 1, true) then line = line:gsub(",,,,,,,,list", ",2026-05-05,,improved,,,,,list") end
      return line .. "," .. cell .. "\n"
    end)
    w:file("filled.csv", text)
    return w:ok("import actions filled.csv" .. on "2026-05-05")
  end

  before_each(function()
    record("notice", "--set parent=mother --set served_on=2026-03-06", "2026-03-06")
    record("notice", "--set parent=father --set served_on=2026-03-06", "2026-03-06")
  end)

  it("ends the notice that the row is about", function()
    assert.truthy(fill_in("Mr Joe Marsh"):find "1  recorded")
    assert.same({ 2, "improved", "Mr Joe Marsh" }, { last().of, last().outcome, last().fields.parent })
    assert.equal(3, #bodies())
  end)

  it("ends the one that is named in a column of its own", function()
    fill_in("Mr Joe Marsh", "1")
    assert.same({ 1, "Ms Joan Marsh" }, { last().of, last().fields.parent })
  end)
end)
