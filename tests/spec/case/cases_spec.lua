-- Recording what people did, and what it answers: DESIGN §8 with its examples E3,
-- E5, E6, E7 and E9, through the command line.

local workspace = require "tests.support.workspace"

local pupils = [[
upn,surname,forename,dob,year,form,sex,sen,fsm
B801200005001,Byron,Ada,2015-04-03,5,5A,F,N,0
C801200005002,Marsh,Ben,2015-06-11,5,5A,M,N,0
D801200005003,Reed,Cal,2015-02-20,5,5B,M,N,0
E801200005004,Okafor,Dee,2015-01-09,5,5B,F,K,1
]]

local contacts = [[
upn,title,forename,surname,relationship,parental_responsibility,lives_with,priority,phone
C801200005002,Ms,Joan,Marsh,mother,1,1,1,07700 900111
C801200005002,Mr,Joe,Marsh,father,1,0,2,07700 900112
D801200005003,Ms,Rose,Reed,mother,1,1,1,07700 900113
]]

local function new(registers, now)
  local w = workspace.new { files = { ["pupils.csv"] = pupils, ["contacts.csv"] = contacts,
    ["marks.csv"] = workspace.registers(registers) } }
  w:ok("--now " .. now .. " import pupils pupils.csv")
  w:ok("--now " .. now .. " import contacts contacts.csv")
  w:ok("--now " .. now .. " import marks marks.csv")
  return w
end

-- Marks that come in on another day.
local function bring(w, registers, now)
  w:file("more.csv", workspace.registers(registers))
  w:ok("--now " .. now .. " import marks more.csv")
end

local function suggest(w, as_of)
  return w:json(("--now %sT18:00Z suggest --as-of %s"):format(as_of, as_of))
end

local function steps_of(list, upn)
  local found = {}
  for _, each in ipairs(list) do
    if each.upn == upn then found[#found + 1] = each.step end
  end
  return found
end

local function events(w, kind)
  local rows = w:json(([[sql "SELECT step, concern, data FROM events WHERE kind = '%s' ORDER BY id"]]):format(kind))
  for _, row in ipairs(rows) do row.data = require("waymark.core").decode(row.data) end
  return rows
end

local upn = { ada = "B801200005001", ben = "C801200005002", cal = "D801200005003", dee = "E801200005004" }

describe("recording", function()
  local w

  after_each(function()
    w:ok "check"
    w:remove()
  end)

  it("E3: a call answers the concern; the same streak raises nothing, a new one does", function()
    w = new({ [upn.ben] = workspace.with("2025-09-02", "2025-09-08", { ["2025-09-08"] = "N N" }) }, "2025-09-08T17:00Z")
    assert.same({ "absence-callback" }, steps_of(suggest(w, "2025-09-08"), upn.ben))
    bring(w, { [upn.ben] = { ["2025-09-09"] = "N N" } }, "2025-09-09T17:00Z")
    w:ok '--now 2025-09-09T17:30Z record "Ben Marsh" absence-callback --outcome spoke --with mother'
    bring(w, { [upn.ben] = { ["2025-09-10"] = "N N" } }, "2025-09-10T17:00Z")
    assert.same({}, steps_of(suggest(w, "2025-09-10"), upn.ben))
    bring(w, { [upn.ben] = { ["2025-09-11"] = "/ \\", ["2025-09-12"] = "/ \\", ["2025-09-15"] = "N N" } },
      "2025-09-15T17:00Z")
    local again = suggest(w, "2025-09-15")
    assert.same({ "absence-callback" }, steps_of(again, upn.ben))
    assert.equal("N-streak from 2025-09-15 AM", again[1].concern)
  end)

  it("a call stays on the list while only other children's marks have come in", function()
    w = new({ [upn.ben] = { ["2025-09-12"] = "N N" } }, "2025-09-12T17:00Z")
    assert.same({ "absence-callback" }, steps_of(suggest(w, "2025-09-12"), upn.ben))
    bring(w, { [upn.ada] = { ["2025-09-15"] = "/ \\" } }, "2025-09-15T17:00Z")
    assert.same({ "absence-callback" }, steps_of(suggest(w, "2025-09-15"), upn.ben))
    bring(w, { [upn.ben] = { ["2025-09-15"] = "- \\" } }, "2025-09-15T17:30Z")
    assert.same({}, steps_of(suggest(w, "2025-09-15"), upn.ben))
  end)

  it("an attempt (no answer) is recorded and answers nothing", function()
    w = new({ [upn.ben] = { ["2025-09-08"] = "N N" } }, "2025-09-08T17:00Z")
    suggest(w, "2025-09-08")
    for _, what in ipairs { "absence-callback --outcome no-answer", "initial-concern --outcome no-answer",
      "initial-concern --outcome message-left" } do
      local out = w:ok('--now 2025-09-08T17:30Z record "Ben Marsh" ' .. what)
      assert.is_nil(out:find "answered")
    end
    assert.same({ "absence-callback" }, steps_of(suggest(w, "2025-09-08"), upn.ben))
  end)

  it("a penalty notice, a decision and a referral are no contact: the call-back stays", function()
    w = new({ [upn.ben] = { ["2025-09-08"] = "N N" } }, "2025-09-08T17:00Z")
    suggest(w, "2025-09-08")
    for _, line in ipairs { "penalty-notice --set parent=mother", "penalty-notice --outcome paid --set parent=mother",
      "legal-decision --outcome refer", "legal-intervention --outcome referred",
      "legal-intervention --outcome prosecution" } do
      local out = w:ok(('--now 2025-09-09T09:00Z record "Ben Marsh" %s --despite "it was so"'):format(line))
      assert.falsy(out:find "answered", line .. ": " .. out)
    end
    assert.same({ "absence-callback" }, steps_of(suggest(w, "2025-09-09"), upn.ben))
    local spoke = 'legal-decision --outcome support-continues --with mother --despite "it was so"'
    w:ok('--now 2025-09-09T10:00Z record "Ben Marsh" ' .. spoke)
    assert.same({}, steps_of(suggest(w, "2025-09-09"), upn.ben))
  end)

  it("a penalty notice on the day of a concern that is raised later answers it neither", function()
    w = new({ [upn.ben] = { ["2025-09-08"] = "N N" } }, "2025-09-08T17:00Z")
    w:ok '--now 2025-09-09T09:00Z record "Ben Marsh" penalty-notice --set parent=mother --despite "it was so"'
    assert.same({ "absence-callback" }, steps_of(suggest(w, "2025-09-09"), upn.ben))
  end)

  it("a call made before the list was run answers what had begun by then", function()
    w = new({ [upn.ben] = { ["2025-09-08"] = "/ N", ["2025-09-09"] = "N -" } }, "2025-09-09T17:00Z")
    w:ok '--now 2025-09-09T17:30Z record "Ben Marsh" absence-callback --outcome spoke --on 2025-09-08'
    assert.same({}, steps_of(suggest(w, "2025-09-09"), upn.ben))
  end)

  it("not now and bypass need a reason and end only their own step", function()
    w = new({ [upn.ben] = { ["2025-09-08"] = "N N" } }, "2025-09-08T17:00Z")
    suggest(w, "2025-09-08")
    assert.truthy(w:expect(1, '--now 2025-09-08T18:30Z not-now "Ben Marsh" absence-callback').err:find "say why")
    assert.truthy(w:expect(1, '--now 2025-09-08T18:30Z bypass "Ben Marsh" absence-callback --reason ilness')
      .err:find 'did you mean "illness"')
    w:ok '--now 2025-09-08T18:30Z not-now "Ben Marsh" absence-callback --reason illness'
    assert.same({}, suggest(w, "2025-09-08"))
    bring(w, { [upn.ben] = { ["2025-09-09"] = "N N" } }, "2025-09-09T17:00Z")
    for _, step in ipairs(steps_of(suggest(w, "2025-09-09"), upn.ben)) do assert.not_equal("absence-callback", step) end
    local rows = w:json [[sql "SELECT step, state FROM suggestions WHERE step = 'absence-callback'"]]
    assert.same({ { step = "absence-callback", state = "put-off" } }, rows)
  end)

  it("E7: the same band is not raised again after \"not now\"; a lower one is", function()
    local days = workspace.present("2025-09-02", "2026-02-06", workspace.closed)
    local dates = {}
    for date in pairs(days) do dates[#dates + 1] = date end
    table.sort(dates)
    -- 99 school days by Friday 6 February: 10 days away are 89.9 %.
    for i = 1, 10 do days[dates[i * 9]] = "I I" end
    w = new({ [upn.dee] = days }, "2026-02-06T17:00Z")
    local first = suggest(w, "2026-02-06")
    local help
    for _, each in ipairs(first) do help = each.step == "early-help" and each or help end
    assert.is_not_nil(help, "89.9 % of " .. #dates .. " days suggests early help")
    assert.equal("early-help 2025-26 at 90", help.concern)
    w:ok '--now 2026-02-06T18:30Z not-now "Dee Okafor" early-help --note "The family has moved house."'
    bring(w, { [upn.dee] = { ["2026-02-09"] = "I I", ["2026-02-10"] = "/ \\" } }, "2026-02-10T17:00Z")
    for _, each in ipairs(suggest(w, "2026-02-10")) do assert.not_equal("early-help", each.step) end
    bring(w, { [upn.dee] = { ["2026-02-11"] = "I I", ["2026-02-12"] = "I I", ["2026-02-13"] = "I I",
      ["2026-02-23"] = "I I", ["2026-02-24"] = "I I" } }, "2026-02-24T17:00Z")
    local lower
    for _, each in ipairs(suggest(w, "2026-02-24")) do lower = each.step == "early-help" and each or lower end
    assert.equal("early-help 2025-26 at 85", lower and lower.concern)
  end)

  describe("of a rate that moves between bands", function()
    local function help_of(list)
      for _, each in ipairs(list) do
        if each.step == "early-help" and each.upn == upn.dee then return each end
      end
    end

    -- 97 school days by Friday 6 February, so many of them away.
    local function away(n)
      local days, dates = workspace.present("2025-09-02", "2026-02-06", workspace.closed), {}
      for date in pairs(days) do dates[#dates + 1] = date end
      table.sort(dates)
      for i = 1, n do days[dates[i * 6]] = "I I" end
      w = new({ [upn.dee] = days }, "2026-02-06T17:00Z")
      return help_of(suggest(w, "2026-02-06"))
    end

    local function present(...)
      local days = {}
      for _, day in ipairs { ... } do days["2026-02-" .. day] = "/ \\" end
      bring(w, { [upn.dee] = days }, ("2026-02-%sT17:00Z"):format((select(-1, ...))))
    end

    local function happened()
      local list = {}
      for _, kind in ipairs { "suggestion.made", "suggestion.lapsed" } do
        for _, row in ipairs(events(w, kind)) do
          if row.step == "early-help" then list[#list + 1] = ("%s %s"):format(kind, row.concern) end
        end
      end
      return list
    end

    it("a better band is the same suggestion, with its figures anew", function()
      assert.equal("early-help 2025-26 at 85", away(15).concern) -- 84.5 %
      present("09", "10", "11", "12")
      local dry = w:json "--now 2026-02-12T18:00Z suggest --as-of 2026-02-12 --dry-run"
      local better = help_of(suggest(w, "2026-02-12")) -- 85.1 %
      assert.same(help_of(dry), better)
      assert.same(better, help_of(suggest(w, "2026-02-12")))
      assert.equal("early-help 2025-26 at 85", better.concern)
      assert.same({ 30, 202 }, { better.evidence[1].count, better.evidence[1].of })
      bring(w, { [upn.dee] = { ["2026-02-13"] = "I I" } }, "2026-02-13T17:00Z")
      assert.equal("early-help 2025-26 at 85", help_of(suggest(w, "2026-02-13")).concern)
      assert.same({ "suggestion.made early-help 2025-26 at 85" }, happened())
      assert.truthy(w:ok("--now 2026-02-12T18:00Z today"):find("Dee Okafor", 1, true))
    end)

    it("a day before the lower band was reached is shown as it was", function()
      assert.equal("early-help 2025-26 at 90", away(14).concern) -- 85.6 %
      bring(w, { [upn.dee] = { ["2026-02-09"] = "I I", ["2026-02-10"] = "I I" } }, "2026-02-10T17:00Z")
      assert.equal("early-help 2025-26 at 85", help_of(suggest(w, "2026-02-10")).concern)
      assert.equal("early-help 2025-26 at 90",
        help_of(w:json "--now 2026-02-10T19:00Z suggest --as-of 2026-02-06").concern)
    end)

    it("a lower band is a new one that says what is new, and the one before says where it went", function()
      away(14)
      bring(w, { [upn.dee] = { ["2026-02-09"] = "I I", ["2026-02-10"] = "I I" } }, "2026-02-10T17:00Z")
      local now = "--now 2026-02-10T18:00Z suggest --as-of 2026-02-10"
      local dry = w:ok(now .. " --dry-run")
      assert.truthy(dry:find("worse: attendance fell to 85 % or less", 1, true), dry)
      local out = w:ok(now)
      assert.truthy(out:find("worse: Dee Okafor, Early help and support: attendance fell to 85 % or less: "
        .. "see the new suggestion", 1, true), out)
      assert.truthy(w:ok(now):find("worse: attendance fell to 85 % or less", 1, true))
      assert.same({ "suggestion.made early-help 2025-26 at 90", "suggestion.made early-help 2025-26 at 85",
        "suggestion.lapsed early-help 2025-26 at 90" }, happened())
      local text = w:ok "--now 2026-02-10T18:00Z chronology Dee"
      assert.truthy(text:find("Worse than when it was suggested: Early help and support", 1, true), text)
      assert.truthy(text:find("worse: attendance fell to 85 % or less", 1, true), text)
      assert.is_nil(text:find("No longer suggested", 1, true))
      assert.truthy(w:ok("--now 2026-02-10T18:00Z today"):find("; worse: attendance fell to 85 % or less", 1, true))
    end)

    it("one that was two bands lower, and rises by one, is the same too", function()
      assert.equal("early-help 2025-26 at 85", away(16).concern) -- 83.5 %
      bring(w, { [upn.dee] = { ["2026-02-09"] = "I I", ["2026-02-10"] = "I I", ["2026-02-11"] = "I I",
        ["2026-02-12"] = "I I", ["2026-02-13"] = "I I" } }, "2026-02-13T17:00Z")
      assert.equal("early-help 2025-26 at 80", help_of(suggest(w, "2026-02-13")).concern) -- 79.4 %
      present("23", "24", "25", "26")
      assert.equal("early-help 2025-26 at 80", help_of(suggest(w, "2026-02-26")).concern) -- 80.2 %
      assert.equal(3, #happened())
    end)

    it("one that is met no more says what attendance is", function()
      away(10) -- 89.7 %
      present("09", "10", "11", "12")
      local out = w:ok "--now 2026-02-12T18:00Z suggest --as-of 2026-02-12"
      assert.truthy(out:find("Early help and support: attendance is now 90.10 % (182 of 202 half days)", 1, true), out)
    end)
  end)

  describe("of a Notice to Improve", function()
    -- E4's Cal: one O each Tuesday in ten school weeks from 9 September.
    local tuesdays = { "2025-09-09", "2025-09-16", "2025-09-23", "2025-09-30", "2025-10-07", "2025-10-14",
      "2025-10-21", "2025-11-04", "2025-11-11", "2025-11-18" }

    local function cal(last)
      local changes = {}
      for _, date in ipairs(tuesdays) do
        if date <= last then changes[date] = "O \\" end
      end
      return { [upn.cal] = workspace.with("2025-09-02", last, changes) }
    end

    local function with_support(last)
      w = new(cal(last), last .. "T17:00Z")
      w:ok(("--now %sT17:10Z record 'Cal Reed' early-help --on 2025-10-01 --outcome not-engaged"):format(last))
      return w
    end

    it("E5: its own record answers it, and it does not lapse when the window moves on", function()
      w = with_support "2025-11-20"
      assert.truthy(table.concat(steps_of(suggest(w, "2025-11-20"), upn.cal), " "):find "notice%-to%-improve")
      w:ok([[--now 2025-11-20T18:30Z record "Cal Reed" notice-to-improve]]
        .. " --set period_from=2025-11-24 --set parent=mother")
      assert.is_nil(table.concat(steps_of(suggest(w, "2025-11-20"), upn.cal), " "):find "notice%-to%-improve")
      bring(w, { [upn.cal] = workspace.with("2025-11-24", "2025-12-05", {}) }, "2025-12-05T17:00Z")
      suggest(w, "2025-12-05")
      local rows = w:json [[sql "SELECT state FROM suggestions WHERE step = 'notice-to-improve'"]]
      assert.same({ { state = "answered" } }, rows)
    end)

    it("a call does not answer what is formal", function()
      w = with_support "2025-11-20"
      suggest(w, "2025-11-20")
      w:ok '--now 2025-11-20T18:30Z record "Cal Reed" absence-callback --outcome spoke'
      assert.same({ "attendance-contract", "notice-to-improve" }, steps_of(suggest(w, "2025-11-20"), upn.cal))
    end)

    it("E6: a mark that it relied on is amended: the decision and the figures now are told once", function()
      w = with_support "2025-11-20"
      suggest(w, "2025-11-20")
      w:ok([[--now 2025-11-20T18:30Z record "Cal Reed" notice-to-improve]]
        .. " --set parent=mother --set period_from=2025-11-24")
      bring(w, { [upn.cal] = { ["2025-09-09"] = "M \\" } }, "2025-11-25T17:00Z")
      suggest(w, "2025-11-25")
      suggest(w, "2025-11-25")
      local changed = events(w, "evidence.changed")
      assert.equal(1, #changed)
      assert.equal("notice-to-improve", changed[1].step)
      assert.same({ "2025-09-09 AM O → M" }, changed[1].data.sessions)
      local essex
      for _, each in ipairs(changed[1].data.figures) do essex = each.rule == "essex" and each or essex end
      assert.same({ 10, 9, false }, { essex.was, essex.now, essex.met })
      local undone = events(w, "threshold.undone")
      assert.equal(2, #undone) -- national and essex
    end)

    it("E9: past the gate only with a reason, and the entry keeps it", function()
      w = with_support "2025-11-11"
      local refused = w:expect(1, [[--now 2025-11-11T18:30Z record "Cal Reed" notice-to-improve --set parent=mother]])
      assert.truthy(refused.err:find("9 of 10", 1, true))
      assert.truthy(refused.err:find("--despite", 1, true))
      w:ok([[--now 2025-11-11T18:30Z record "Cal Reed" notice-to-improve --set parent=mother]]
        .. ' --despite "counted wrongly"')
      local rows = w:json [[sql "SELECT body FROM entry JOIN event ON event.id = event WHERE step LIKE 'notice%'"]]
      local body = require("waymark.core").decode(rows[1].body)
      assert.equal("counted wrongly", body.despite)
      assert.truthy(body.gate:find("9 of 10", 1, true))
    end)

    it("while one goes on, an amended mark that moves its spell suggests no second one", function()
      w = with_support "2025-11-20"
      suggest(w, "2025-11-20")
      w:ok([[--now 2025-11-20T18:30Z record "Cal Reed" notice-to-improve]]
        .. " --set parent=mother --set period_from=2025-11-24")
      bring(w, { [upn.cal] = { ["2025-09-09"] = "M \\", ["2025-11-12"] = "O \\" } }, "2025-11-25T17:00Z")
      assert.is_nil(table.concat(steps_of(suggest(w, "2025-11-20"), upn.cal), " "):find "notice%-to%-improve")
    end)

    it("the gate is asked about the entry's own day", function()
      w = with_support "2025-11-28"
      w:ok [[--now 2025-11-28T18:30Z record "Cal Reed" notice-to-improve --set parent=mother --on 2025-11-20]]
    end)
  end)

  it("a person is named by words of their name: Ms Marsh is Ms Joan Marsh", function()
    w = new({ [upn.ben] = { ["2025-09-08"] = "N N" } }, "2025-09-08T17:00Z")
    w:ok [[--now 2025-09-08T18:00Z record "Ben Marsh" absence-callback --set "spoke_to=ms marsh"]]
    local body = require("waymark.core").decode(w:json "sql \"SELECT body FROM entry\""[1].body)
    assert.equal("Ms Joan Marsh", body.fields.spoke_to)
    assert.is_number(body.contacts.spoke_to)
  end)

  it("what went wrong is said in one line", function()
    w = new({ [upn.ben] = { ["2025-09-08"] = "N N" } }, "2025-09-08T17:00Z")
    for line, words in pairs {
      ['record "Ben Marsh" absence-calback'] = 'did you mean "absence%-callback"',
      ['record Nobody absence-callback'] = 'nobody is called "Nobody"',
      ['record "Ben Marsh" absence-callback --outcome spok'] = 'did you mean "spoke"',
      ['record "Ben Marsh" absence-callback --on 2025-02-30'] = "no such date",
      ['record "Ben Marsh" absence-callback --on 2025-09-10'] = "still to come",
      ['record "Ben Marsh" absence-callback --set spoke_t=x'] = 'did you mean "spoke_to"',
      ['record "Ben Marsh" absence-callback --with Marsh'] = "may be Ms Joan Marsh or Mr Joe Marsh",
      ['hold "Ben Marsh" --until 2025-12-01'] = "a hold needs both",
      ['correct "Ben Marsh" 999 --why x'] = "not one of this pupil's",
      ['correct "Ben Marsh" 1'] = "say why",
      ['attach "Ben Marsh" no-such-file'] = "cannot read",
    } do
      local r = w:expect(1, "--now 2025-09-08T18:00Z " .. line)
      assert.truthy(r.err:find(words), line .. ": " .. r.err)
      assert.equal(1, select(2, r.err:gsub("\n", "\n")), "one line: " .. r.err)
    end
  end)

  it("a struck-out entry answers nothing any more, and its text is gone", function()
    w = new({ [upn.ben] = { ["2025-09-08"] = "N N" } }, "2025-09-08T17:00Z")
    suggest(w, "2025-09-08")
    local out = w:ok '--now 2025-09-08T18:30Z record "Ben Marsh" absence-callback --outcome spoke --note "Zebra secret"'
    local id = out:match "entry (%d+)"
    assert.same({}, suggest(w, "2025-09-08"))
    w:ok(('--now 2025-09-08T18:40Z correct "Ben Marsh" %s --why "another child"'):format(id))
    assert.same({ "absence-callback" }, steps_of(suggest(w, "2025-09-08"), upn.ben))
    assert.same({}, w:json [[sql "SELECT body FROM entry WHERE body LIKE '%Zebra%'"]])
  end)

  it("a wrong entry beside a right one: striking it out leaves the answer", function()
    w = new({ [upn.ben] = { ["2025-09-08"] = "N N" } }, "2025-09-08T17:00Z")
    suggest(w, "2025-09-08")
    local call = '--now 2025-09-08T18:30Z record "Ben Marsh" absence-callback --outcome spoke --note '
    local wrong = w:ok(call .. "wrong"):match "entry (%d+)"
    local right = w:ok(call .. "right"):match "entry (%d+)"
    w:ok(('--now 2025-09-08T18:40Z correct "Ben Marsh" %s --why slip'):format(wrong))
    assert.same({}, suggest(w, "2025-09-08"))
    w:ok "check"
    w:ok(('--now 2025-09-08T18:50Z correct "Ben Marsh" %s --why slip'):format(right))
    assert.same({ "absence-callback" }, steps_of(suggest(w, "2025-09-08"), upn.ben))
  end)

  it("a reason of spaces is none, and days in the wrong order are refused", function()
    w = new({ [upn.ben] = { ["2025-09-08"] = "N N" } }, "2025-09-08T17:00Z")
    for line, words in pairs {
      ['bypass "Ben Marsh" early-help --note "  "'] = "say why",
      ['record "Ben Marsh" notice-to-improve --set parent=mother --despite ""'] = "%-%-despite",
      ['hold "Ben Marsh" --until 2025-12-01 --ask " "'] = "a hold needs both",
      ['record "Ben Marsh" early-help --review-on 2025-09-01'] = "the review: 2025%-09%-01 comes before",
      ['record "Ben Marsh" notice-to-improve --despite x --set parent=mother --set period_from=2025-09-12 '
        .. "--set period_to=2025-09-01"] =
        "period_to: 2025%-09%-01 comes before",
    } do
      local err = w:expect(1, "--now 2025-09-08T18:00Z " .. line).err
      assert.truthy(err:find(words), line .. ": " .. err)
    end
  end)

  it("check finds a kept file that was changed or is gone", function()
    w = new({ [upn.ben] = { ["2025-09-08"] = "N N" } }, "2025-09-08T17:00Z")
    w:file("letter.txt", "Dear all")
    local out = w:ok '--now 2025-09-08T18:30Z attach "Ben Marsh" letter.txt --as letter'
    local path = w.dir .. "/" .. out:match "kept as (%S+) "
    workspace.write(path, "Dear nobody")
    assert.truthy(w:expect(1, "check").err:find "is not what was kept")
    os.remove(path)
    assert.truthy(w:expect(1, "check").err:find "is not there")
    workspace.write(path, "Dear all")
  end)

  it("a list that is there already is not written over", function()
    w = new({ [upn.ben] = { ["2025-09-08"] = "N N" } }, "2025-09-08T17:00Z")
    suggest(w, "2025-09-08")
    w:ok "--now 2025-09-08T18:00Z today -o list.csv"
    assert.truthy(w:expect(1, "--now 2025-09-08T18:00Z today -o list.csv").err:find "is there already")
  end)

  it("a form after the name finds a pupil", function()
    w = new({ [upn.ben] = { ["2025-09-08"] = "N N" } }, "2025-09-08T17:00Z")
    for _, who in ipairs { "Marsh 5A", "Ben Marsh, 5a", "Ben 5A" } do
      assert.truthy(w:ok(('pupil "%s"'):format(who)):find "^Ben Marsh")
    end
    assert.truthy(w:expect(1, 'pupil "Marsh 5B"').err:find "nobody is called")
  end)

  it("a dry run records nothing", function()
    w = new({ [upn.ben] = { ["2025-09-08"] = "N N" } }, "2025-09-08T17:00Z")
    w:ok '--now 2025-09-08T18:30Z record "Ben Marsh" absence-callback --outcome spoke --dry-run'
    assert.same({}, w:json [[sql "SELECT * FROM event"]])
  end)

  it("a file that was attached is kept for its owner alone", function()
    w = new({ [upn.ben] = { ["2025-09-08"] = "N N" } }, "2025-09-08T17:00Z")
    w:file("letter.txt", "Dear all")
    local out = w:ok '--now 2025-09-08T18:30Z attach "Ben Marsh" letter.txt --as letter'
    local path = w.dir .. "/" .. out:match "kept as (%S+) "
    assert.equal("Dear all", workspace.read(path))
    assert.equal("rw-------", require("lfs").attributes(path, "permissions"))
  end)
end)

describe("start in the settings", function()
  it("written with an equals sign is put right in one line", function()
    local w = workspace.new { settings = 'start = "2025-09-01"\n' .. workspace.essex }
    local err = w:expect(1, "figures").err
    assert.truthy(err:find("waymark.lua:1: write it without an equals sign: start", 1, true), err)
    w:remove()
  end)

  it("keeps marks without a reason from before it off the list, unless they are asked for", function()
    local w = new({ [upn.ben] = { ["2025-09-08"] = "N N", ["2025-09-09"] = "/ \\" } }, "2025-09-09T17:00Z")
    workspace.write(w.dir .. "/waymark.lua", 'start "2025-09-09"\n' .. workspace.essex)
    suggest(w, "2025-09-09")
    assert.is_nil(w:ok("--now 2025-09-09T18:00Z today"):find "without a reason %(")
    assert.truthy(w:ok("--now 2025-09-09T18:00Z today --baseline"):find "without a reason %(")
    w:remove()
  end)
end)
