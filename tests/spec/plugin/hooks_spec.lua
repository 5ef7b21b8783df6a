-- Hook plugins: what they are told of, in which order and how often; what becomes of the
-- effects that they ask for; what they may not do.

local cases = require "waymark.case"
local core = require "waymark.core"
local folder = require "tests.support.folder"
local hook_answer = require "waymark.mail.answer"
local hooks = require "waymark.mail.hooks"
local plugins = require "tests.support.plugins"
local space_module = require "waymark.workspace"
local sqlite = require "tests.support.sqlite"
local worker = require "tests.support.worker"
local workspace = require "tests.support.workspace"

local PUPILS = [[
upn,surname,forename,dob,year,form,sex,sen,fsm
ADA,Byron,Ada,2016-05-05,4,4A,F,N,0
BEN,Moss,Ben,2016-06-06,4,4A,M,N,0
]]
local STAFF = 'staff { attendance_officer = "Sam Reed <sam@oakfield.example>", head = "jo@oakfield.example" }\n'

local w

after_each(function() w:remove() end)

local function use(lines, more)
  workspace.write(w.dir .. "/waymark.lua", workspace.essex .. STAFF .. (more or "") .. lines .. "\n")
end

-- The school as it was imported, made once; each spec works on a copy.
local first

local function copy_of(school)
  local copy = setmetatable({ top = folder.new() }, workspace)
  copy.dir = copy.top .. "/w"
  assert(os.execute(("cp -a '%s/.' '%s/'"):format(school.top, copy.top)))
  return copy
end

-- A school where Ada and Ben are away without a reason on Monday 8 September.
local function start()
  if not first then
    first = workspace.new { files = { ["pupils.csv"] = PUPILS, ["marks.csv"] = workspace.registers {
      ADA = { ["2025-09-08"] = "N N" }, BEN = { ["2025-09-08"] = "N N" } } } }
    first:ok "--now 2025-09-08T08:00Z import pupils pupils.csv"
    first:ok "--now 2025-09-08T17:00Z import marks marks.csv"
  end
  w = copy_of(first)
end

teardown(function() first:remove() end)

-- A hook plugin of this school.
local function hook(name, init, manifest, files)
  files = files or {}
  files["init.lua"] = init
  plugins.write(w, name, manifest or 'reads = { "registers", "cases" }, sends = { "mail", "note", "follow-up" }', files)
end

local function suggest(day, status, options)
  return w:expect(status or 0, ("--now %sT17:30Z suggest --as-of %s --format csv %s"):format(day, day, options or ""))
end

-- Run `work(space, pupil)` for one pupil as a command would at that time. -> report
local function change(now, who, work)
  local space = space_module.open(w.dir, "write", core.system.time(now))
  local _, report = hooks.change(space, false, function()
    space:settle()
    work(space, space:find_pupil(who))
  end)
  space:close()
  return report
end

local function record(now, who, step, given)
  return change(now, who, function(space, pupil) cases.record(space, pupil, step, given or { outcome = "spoke" }) end)
end

local function column(sql)
  local list = {}
  for i, row in ipairs(w:json(('sql "%s"'):format(sql))) do
    local _, value = next(row)
    list[i] = value
  end
  return list
end

local function notes()
  return column "SELECT json_extract(body, '$.text') AS x FROM effect WHERE kind = 'note' ORDER BY id"
end
local function states() return column "SELECT state || ifnull(': ' || note, '') AS x FROM effect ORDER BY id" end
local function events(kind)
  return column(("SELECT id AS x FROM event WHERE kind LIKE '%s' ORDER BY id"):format(kind or "%"))
end

local TELL_ALL = [[
for _, kind in ipairs { "suggestion.made", "suggestion.lapsed", "entry.recorded", "entry.held" } do
  on(kind, function(event, pupil) return note { text = kind .. " " .. event.on .. " " .. (event.step or "") } end)
end
]]

describe("a hook plugin", function()
  before_each(start)

  it("is told of each event once, in the order it happened", function()
    hook("teller", TELL_ALL)
    use 'use "teller"'
    suggest "2025-09-08"
    local made = "suggestion.made 2025-09-08 absence-callback"
    assert.are.same({ made, made }, notes())
    suggest "2025-09-08"
    assert.are.equal(2, #notes())
    w:file("marks.csv", workspace.registers { BEN = { ["2025-09-08"] = "I I" } })
    w:ok "--now 2025-09-09T08:00Z import marks marks.csv"
    record("2025-09-09T09:00Z", "ADA", "absence-callback")
    suggest "2025-09-09"
    local told = notes()
    assert.are.same({ "entry.recorded 2025-09-09 absence-callback", "suggestion.lapsed 2025-09-09 absence-callback" },
      { told[3], told[4] })
    local order = column "SELECT event AS x FROM effect ORDER BY id"
    local sorted = { table.unpack(order) }
    table.sort(sorted)
    assert.are.same(sorted, order)
  end)

  it("keeps its notes with the case, for staff, and no hook is told of them", function()
    hook("teller", TELL_ALL)
    use 'use "teller"'
    suggest "2025-09-08"
    assert.are.same({ "staff", "staff" }, column
      "SELECT json_extract(body, '$.audience') AS x FROM entry JOIN event ON id = event WHERE kind = 'entry.noted'")
    suggest "2025-09-09"
    assert.are.equal(2, #events "entry.%")
    w:ok "check"
  end)

  it("is not told of what was recorded before it came into use", function()
    suggest "2025-09-08"
    hook("teller", TELL_ALL)
    use 'use "teller"'
    suggest "2025-09-09"
    assert.are.same({}, notes())
    record("2025-09-09T18:00Z", "ADA", "absence-callback")
    assert.are.same({ "entry.recorded 2025-09-09 absence-callback" }, notes())
  end)

  it("that fails keeps its place, is named, and catches up", function()
    hook("teller", 'on("suggestion.made", function(event) error "no paper" end)')
    use 'use "teller"'
    local err = suggest("2025-09-08", 3).err
    assert.truthy(err:find("the plugin teller 0.3 failed, event suggestion.made, for Ada Byron: "
      .. "teller/init.lua:1: no paper", 1, true), err)
    assert.are.equal(2, #events "suggestion.made") -- the command's own work is kept
    assert.truthy(w:run("outbox list").err:find "teller has not read the last 2 events")
    hook("teller", TELL_ALL)
    suggest "2025-09-09"
    assert.are.equal(2, #notes())
  end)

  it("that fails half-way keeps nothing of that run", function()
    hook("teller", [[
      on("suggestion.made", function(event, pupil)
        if pupil.name == "Ben Moss" then error "no paper" end
        return note { text = "Ada" }
      end)]], 'reads = { "pupil.name" }, sends = { "note" }')
    use 'use "teller"'
    assert.truthy(suggest("2025-09-08", 3).err:find("for Ben Moss", 1, true))
    assert.are.same({}, notes())
    assert.are.equal(0, #events "entry.%")
  end)

  it("that does not come to an end is stopped, and the pupil named", function()
    hook("teller", 'on("suggestion.made", function() while true do end end)')
    use 'use "teller"'
    local err = suggest("2025-09-08", 3).err
    assert.truthy(err:find("failed (over-budget), event suggestion.made, for Ada Byron", 1, true), err)
  end)

  it("does not stand in the way of another", function()
    hook("teller", TELL_ALL)
    hook("broken", 'on("suggestion.made", function() error "no" end)')
    use 'use "broken"\nuse "teller"'
    suggest("2025-09-08", 3)
    assert.are.equal(2, #notes())
    hook("broken", TELL_ALL)
    suggest "2025-09-09"
    assert.are.same({ "teller", "teller", "broken", "broken" }, column "SELECT plugin AS x FROM effect ORDER BY id")
  end)

  it("sees the pupil as on the day of the event, with the fields it was granted", function()
    hook("teller", [[
      on("suggestion.made", function(event, pupil)
        return note { text = ("%s %s %s %s %d"):format(today, pupil.name, event.title, event.reason, #event.evidence) }
      end)]], 'reads = { "registers", "pupil.name" }, sends = { "note" }')
    use 'use "teller"'
    suggest "2025-09-08"
    assert.are.equal("2025-09-08 Ada Byron Absence call-back absent, and nobody has told the school why 1", notes()[1])
  end)

  it("may have a follow-up, which becomes a review that is due", function()
    hook("teller", [[on("entry.recorded", function(event)
      return follow_up { step = event.step, on = date.add(event.on, 7) }
    end)]])
    use 'use "teller"'
    record("2025-09-08T18:00Z", "ADA", "absence-callback")
    assert.are.equal(1, #events "entry.follow-up")
    suggest "2025-09-12"
    assert.are.equal(0, #events "review.due")
    suggest "2025-09-15"
    suggest "2025-09-16"
    assert.are.equal(1, #events "review.due")
  end)

  it("has nothing of a run that was withdrawn: notes and reviews are struck out, no message is written", function()
    hook("teller", [[on("review.due", function(event)
      return { note { text = "look" }, follow_up { step = event.step, on = date.add(event.on, 1) },
        mail { to = staff "head", data = { a = "b" } } }
    end)]])
    use 'use "teller"'
    record("2025-09-08T18:00Z", "ADA", "absence-callback", { outcome = "spoke", review_on = "2025-09-12" })
    suggest "2025-09-12"
    assert.are.same({ 1, 1 }, { #events "entry.noted", #events "entry.follow-up" })
    local run = w:json "sql 'SELECT max(id) AS id FROM run'"[1].id
    assert(sqlite.run(w.dir .. "/waymark.db", "UPDATE effect SET state = 'waiting', path = NULL WHERE kind = 'mail'"))
    local out = w:ok(("--now 2025-09-12T18:00Z suggest --undo %d"):format(run))
    assert.is_truthy(out:find("2 notes or reviews that plugins had added are struck out.\nNothing else was removed", 1,
      true), out)
    assert.are.same({ "withdrawn: the run of suggest that told of it was withdrawn" },
      column "SELECT state || ': ' || note AS x FROM effect WHERE kind = 'mail'")
    assert.are.same({ "entry.noted", "entry.follow-up" },
      column "SELECT v.kind AS x FROM event v JOIN entry n ON n.event = v.id AND n.body IS NULL ORDER BY v.id")
    assert.are.equal(1, #events "entry.recorded")
    w:ok "check"
  end)

  it("is told the note of what is for staff only where it may not write to families", function()
    for right, told in pairs { ["mail-family"] = "nil", ["mail-staff"] = "for us" } do
      hook("teller", [[on("entry.recorded", function(event) return note { text = tostring(event.entry.note) } end)]],
        ('api = 3, reads = { "registers", "cases" }, sends = { "%s", "note" }'):format(right))
      use 'use "teller"'
      for note, audience in pairs { ["for them"] = "family", ["for us"] = "staff" } do
        record("2025-09-08T18:00Z", "ADA", "absence-callback", { outcome = "spoke", note = note, audience = audience })
      end
      local heard = notes()
      table.sort(heard)
      assert.are.same({ "for them", told }, heard)
      w:remove()
      start()
    end
  end)

  it("is told why an entry was recorded all the same, or struck out, unless it may write to families", function()
    for right, told in pairs { ["mail-family"] = { "nil", "nil" },
      ["mail-staff"] = { "asked us to", "wrong child" } } do
      hook("teller", [[
on("entry.recorded", function(event) return note { text = tostring(event.entry.despite) } end)
on("entry.corrected", function(event) return note { text = tostring(event.entry.why) } end)]],
        ('api = 3, reads = { "registers", "cases" }, sends = { "%s", "note" }'):format(right))
      use 'use "teller"'
      record("2025-09-08T18:00Z", "ADA", "absence-callback", { outcome = "spoke", despite = "asked us to",
        audience = "staff" })
      local despite = notes()[1] -- it goes with its entry
      change("2025-09-08T19:00Z", "ADA", function(space, pupil)
        cases.correct(space, pupil, events "entry.recorded"[1], { why = "wrong child" })
      end)
      assert.are.same(told, { despite, notes()[2] })
      w:remove()
      start()
    end
  end)

  it("is not told what never leaves staff, where it may write to families", function()
    for right, told in pairs { ["mail-family"] = "nil shoes", mail = "nil shoes", ["mail-staff"] = "yes shoes" } do
      hook("teller", [[on("entry.recorded", function(event)
        local fields = event.entry.fields
        return note { text = tostring(fields.lead_told) .. " " .. fields.reason }
      end)]], ('api = 3, reads = { "registers", "cases" }, sends = { "%s", "note" }'):format(right))
      use 'use "teller"'
      record("2025-09-08T18:00Z", "ADA", "absence-callback", { outcome = "spoke", fields = { lead_told = "yes",
        reason = "shoes" } })
      assert.are.same({ told }, notes())
      w:remove()
      start()
    end
  end)

  it("is not told of an entry that was struck out before it could be", function()
    hook("teller", 'on("entry.recorded", function() error "no" end)')
    use 'use "teller"'
    record("2025-09-08T18:00Z", "ADA", "absence-callback", { outcome = "spoke", note = "secret" })
    hook("teller", 'on("entry.recorded", function(event) return note { text = event.entry.note } end)')
    change("2025-09-08T19:00Z", "ADA", function(space, pupil)
      cases.correct(space, pupil, events "entry.recorded"[1], { why = "another child" })
    end)
    assert.are.same({}, notes())
  end)

  it("is not told of entries that came in as history", function()
    hook("teller", TELL_ALL)
    use 'use "teller"'
    change("2025-09-08T18:00Z", "ADA", function(space, pupil)
      assert(space.store:add_entry { kind = "entry.recorded", at = space.now, on = "2025-05-01",
        enrolment = pupil.enrolment, step = "absence-callback", data = {}, body = { history = true } })
    end)
    assert.are.same({}, notes())
    record("2025-09-08T19:00Z", "ADA", "absence-callback")
    assert.are.equal(1, #notes())
  end)

  it("for API level 3 is told of more absence than was agreed; one for an earlier level is told to say so", function()
    local told = [[on("period.exceeded", function(event)
      return note { text = ("%s: %d of %d, since %s"):format(event.step, event.count, event.tolerated, event.since) }
    end)]]
    hook("teller", told)
    use 'use "teller"'
    local refused = w:expect(3, "--now 2025-09-08T18:00Z suggest --as-of 2025-09-08").err
    assert.truthy(refused:find('"period.exceeded" came with API level 3; write api = 3 in plugin.lua', 1, true),
      refused)
    hook("teller", told, 'api = 3, reads = { "registers" }, sends = { "note" }')
    suggest "2025-09-08"
    change("2025-09-08T18:30Z", "ADA", function(space, pupil)
      assert(space.store:add_event { kind = "period.exceeded", at = space.now, on = "2025-09-08",
        enrolment = pupil.enrolment, step = "absence-callback",
        data = { entry = 1, count = 3, tolerated = 2, since = "2025-09-08 PM" } })
    end)
    assert.are.same({ "absence-callback: 3 of 2, since 2025-09-08 PM" }, notes())
  end)

  it("leaves nothing of an entry behind that was struck out", function()
    hook("teller", [[on("entry.recorded", function(event)
      return mail { to = staff "head", data = { x = event.entry.note } }
    end)]])
    use 'use "teller"'
    record("2025-09-08T18:00Z", "ADA", "absence-callback", { outcome = "spoke", note = "secret" })
    change("2025-09-08T19:00Z", "ADA", function(space, pupil)
      cases.correct(space, pupil, events "entry.recorded"[1], { why = "another child" })
    end)
    assert.are.same({ "{}" }, column "SELECT body AS x FROM effect")
  end)
end)

describe("a message", function()
  local MAIL = [[on("suggestion.made", function(event, pupil)
    return mail { to = staff "head", data = { pupil = pupil, why = event.evidence } }
  end)]]
  before_each(start)

  it("is not sent for a pupil on hold", function()
    hook("teller", MAIL)
    use 'use "teller"'
    change("2025-09-08T17:00Z", "ADA", function(space, pupil)
      cases.hold(space, pupil, { ["until"] = "2025-09-30", ask = "the head" })
    end)
    suggest "2025-09-08"
    assert.are.same({ "withdrawn: the pupil is on hold until 2025-09-30", "written" }, states())
  end)

  it("is not made of what began before the school began with Waymark", function()
    hook("teller", MAIL)
    use('use "teller"', 'start "2025-09-09"\n')
    suggest "2025-09-08"
    assert.are.equal(2, #events "suggestion.made")
    assert.are.same({}, states())
    w:file("marks.csv", workspace.registers { ADA = { ["2025-09-08"] = "I I" } })
    w:ok "--now 2025-09-09T08:00Z import marks marks.csv"
    hook("teller", (MAIL:gsub("suggestion.made", "suggestion.lapsed")))
    suggest "2025-09-09"
    assert.are.equal(1, #events "suggestion.lapsed")
    assert.are.same({}, states())
  end)

  it("raises no event, and a dry run asks for none", function()
    hook("teller", MAIL)
    use 'use "teller"'
    local out = w:ok "--now 2025-09-08T17:30Z suggest --as-of 2025-09-08 --dry-run"
    assert.truthy(out:find("Plugins would ask for 2 messages.", 1, true))
    assert.are.same({}, states())
    suggest "2025-09-08"
    assert.are.equal(2, #events())
    assert.are.same({ "written", "written" }, states())
  end)

  it("is withdrawn when its reason has gone before it was written", function()
    hook("teller", 'on("suggestion.made", function() return mail { to = staff "head", digest = "d" } end)')
    use 'use "teller"'
    w:file("marks.csv", workspace.registers { BEN = { ["2025-09-08"] = "I I" } })
    w:ok "--now 2025-09-08T17:00Z import marks marks.csv"
    suggest "2025-09-08" -- Ada: today's digest is written
    w:file("marks.csv", workspace.registers { BEN = { ["2025-09-08"] = "N N" } })
    w:ok "--now 2025-09-08T17:40Z import marks marks.csv --yes"
    suggest "2025-09-08" -- Ben waits for tomorrow's
    assert.are.same({ "written", "waiting: today's message has gone; it is in the next one" }, states())
    record("2025-09-09T08:00Z", "BEN", "absence-callback")
    assert.are.same({ "written", "withdrawn: its suggestion was answered" }, states())
  end)
end)

describe("what a hook plugin may not do is refused with what to change:", function()
  before_each(start)

  -- What standard error says of a plugin that was told of a suggestion.
  local function refused(init, manifest)
    hook("teller", ('on("suggestion.made", function(event, pupil) %s end)'):format(init), manifest)
    use 'use "teller"'
    local err = suggest("2025-09-08", 3).err
    assert.are.same({}, states())
    assert.is_nil(err:find("sdk/", 1, true), err)
    return err
  end

  local function says(words, init, manifest)
    local err = refused(init, manifest)
    assert.truthy(err:find(words, 1, true), err)
  end

  it("an event that is not there", function()
    hook("teller", 'on("sugestion.made", print)')
    use 'use "teller"'
    local err = suggest("2025-09-08", 3).err -- the road map goes on without it
    local words = 'teller/init.lua:1: there is no event "sugestion.made"; did you mean "suggestion.made"?'
    assert.truthy(err:find(words, 1, true), err)
  end)

  it("an effect that plugin.lua does not name", function()
    says('the plugin may not send "note"; add it to sends in plugin.lua: sends = { "note" }',
      'return note { text = "x" }', 'reads = { "registers" }')
  end)

  it("an effect that does not exist", function()
    hook("teller", "", 'sends = { "mial" }')
    use 'use "teller"'
    assert.truthy(suggest("2025-09-08", 1).err:find('sends: there is no effect "mial"; did you mean "mail"?', 1, true))
  end)

  it("a field that was not granted", function()
    says('event.evidence is not granted; add "registers" to reads in plugin.lua', "return event.evidence",
      'reads = { "cases" }')
  end)

  it("registering a hook later", function() says("call on(…) when the plugin loads", 'on("entry.held", print)') end)
  it("an address", function() says("a reference, never an address", 'return mail { to = "sam@oakfield.example" }') end)
  it("a role that nobody has", function()
    says('waymark.lua has no staff "haed"; did you mean "head"?', 'return mail { to = staff "haed" }')
  end)
  it("a digest for families", function()
    says("a digest goes to staff", 'return mail { to = contacts { lives_with = true }, digest = "d" }')
  end)
  it("an unknown field", function()
    says('mail has no field "tempate"; did you mean "template"?', 'return mail { to = staff "head", tempate = "x" }')
  end)
  it("a function in data", function()
    says("mail: data.f: it: a function cannot be sent", 'return mail { to = staff "head", data = { f = print } }')
  end)
  it("a rule in data", function()
    says("only this event's pupil and evidence", 'return mail { to = staff "head", data = { r = pupil.calendar } }')
  end)
  it("a table that never ends", function()
    says("mail: data.t: it", 'local t = {} t.t = t return mail { to = staff "head", data = { t = t } }')
  end)
  it("more than 64 KiB", function()
    says("too long; at most 65536", 'return mail { to = staff "head", data = { t = ("x"):rep(70000) } }')
  end)
  it("too many effects", function()
    says("more than 20 effects", 'local l = {} for i = 1, 21 do l[i] = note { text = "x" } end return l')
  end)
  it("too many effects of one event by several hooks", function()
    says("more than 20 effects", 'local l = {} for i = 1, 11 do l[i] = note { text = "x" } end return l end) '
      .. 'on("suggestion.made", function() local l = {} for i = 1, 10 do l[i] = note { text = "x" } end return l')
  end)
  it("a note that says nothing", function() says("note: it says nothing", 'return note { text = " " }') end)
  it("something else than an effect", function() says("a hook should return nil, mail", "return 7") end)
  it("a table that looks like an effect", function()
    says("a hook should return nil, mail", 'return { kind = "mail", fields = {} }')
  end)
  it("a follow-up of a step that is not there", function()
    says('the road map has no step "erly-help"; did you mean "early-help"?',
      'return follow_up { step = "erly-help", on = "2025-10-01" }')
  end)
  it("a follow-up in the past", function()
    says("on or after the event's", 'return follow_up { step = "early-help", on = "2025-09-01" }')
  end)
  it("a template that is not there", function()
    says("there is no templates/x.txt", 'return mail { to = staff "head", template = "x" }')
  end)
end)

-- A worker that was taken over may answer anything.
describe("an answer that a plugin made up", function()
  before_each(start)

  it("is refused", function()
    hook("teller", TELL_ALL, 'reads = { "registers" }, sends = { "mail", "note" }')
    use 'use "teller"'
    local space = space_module.open(w.dir, "read", core.system.time "2025-09-08T18:00Z"):load_plugins()
    local map = space:map_for_school()
    local chunk = { part = { map = map, set = map.sets[#map.sets], declared = map.all[#map.all] },
      events = { { on = "2025-09-08", data = { evidence = { {} } } } } }
    assert.are.equal("teller", chunk.part.set.served)
    chunk.events[1].part = chunk.part
    local function fault(effect) return hook_answer.fault(space, effect, chunk, {}) end
    local function mail(changes)
      local body = { to = { staff = "head" }, data = {} }
      for name, value in pairs(changes) do body[name] = value end
      return fault { event = 1, number = 1, kind = "mail", body = body }
    end
    assert.is_nil(mail {})
    assert.is_nil(mail { data = { a = { pupil = true }, b = { item = 1 }, c = { value = { 1 } } } })
    local wrong = { { to = {} }, { to = { staff = "head", contacts = {} } }, { to = { staff = "x" } },
      { to = { address = "x@y.z" } }, { to = { contacts = { no_contact = true } } }, { template = "../x" },
      { digest = "a/b" }, { subject = ("x"):rep(101) }, { data = { a = { item = 2 } } },
      { data = { a = { pupil = 1 } } },
      { data = { a = {} } }, { data = { a = { pupil = true, value = 1 } } }, { data = { ["a.b"] = { value = 1 } } },
      { data = { a = { measure = { rule = "x" } } } }, { bcc = "x@y.z" } }
    for i, each in ipairs(wrong) do assert.is_string(mail(each), "number " .. i) end
    local note = { text = "x" }
    assert.is_nil(fault { event = 1, number = 1, kind = "note", body = note })
    for i, each in ipairs {
      { event = 2, number = 1, kind = "note", body = note }, { event = 1, number = 2, kind = "note", body = note },
      { event = 1, number = 1, kind = "http", body = note }, { event = 1, number = 1, kind = "note", body = {} },
      { event = 1, number = 1, kind = "follow-up", body = { step = "early-help", on = "2025-10-01" } },
      { event = 1, number = 1, kind = "note", body = { text = ("x"):rep(4001) } } } do
      assert.is_string(fault(each), "number " .. i)
    end
    space:close()
  end)
end)

describe("a worker with hooks", function()
  local INIT = 'on("entry.held", function(event, pupil) return note { text = event.on .. tostring(pupil) } end)'
  local MANIFEST = 'return { name = "t", version = "1", api = 1, sends = { "note" } }'
  local EVENT = '{"events":[{"kind":"entry.held","on":"2025-09-08"}]}'

  before_each(start)

  local function job(kind)
    local started = assert(worker.start())
    local answer, declared = worker.ask(started, "load", { kind = kind, today = "2025-09-08", codes = worker.array {},
      granted = worker.array {},
      plugins = { { name = "t", options = {}, files = { ["plugin.lua"] = MANIFEST, ["init.lua"] = INIT } } } })
    assert.are.equal("declared", answer)
    assert.are.same({ "entry.held" }, declared.hooks)
    return started
  end

  it("answers events with effects, with or without a pupil", function()
    local started <close> = job "hook"
    local kind, answer = started:request("events", string.pack("<s4", EVENT))
    assert.are.equal("effects", kind)
    assert.are.same({ { event = 1, number = 1, kind = "note", body = { text = "2025-09-08nil" } } }, answer.effects)
  end)

  it("takes no events that are cut off, broken, or out of turn", function()
    for _, payload in ipairs { "", "\1\0\0", "\255\0\0\0{}", string.pack("<s4", "{"),
      string.pack("<s4", EVENT) .. "no batch" } do
      local started <close> = job "hook"
      local kind, outcome = started:request("events", payload)
      assert.is_nil(kind)
      assert.are.equal("failed", outcome.verdict)
    end
    for asked, kind in pairs { evaluate = "events", hook = "batch" } do
      local started <close> = job(asked)
      local answer, outcome = started:request(kind, string.pack("<s4", EVENT))
      assert.is_nil(answer)
      assert.are.equal("refused", outcome.verdict)
    end
  end)
end)
