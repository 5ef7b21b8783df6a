-- One pupil on a page: the figures with what is counted, the year at a glance,
-- contacts that may be seen, and what is open.

local workspace = require "tests.support.workspace"

local pupils = [[
upn,surname,forename,dob,year,form,sex,sen,fsm,joined
B801200005001,Byron,Ada,2015-04-03,5,5A,F,N,0,2025-09-02
C801200005002,Marsh,Ben,2015-06-11,5,5A,M,N,0,
D801200005003,Byron,Max,2017-06-11,3,3A,M,N,0,
]]

local contacts = "upn,title,forename,surname,relationship,parental_responsibility,lives_with,no_contact,"
  .. "confidential_address,priority,email,phone,address,language\n" .. [[
B801200005001,Mrs,Annabella,Byron,Mother,1,1,0,1,1,anna@example.org,07700 900111,"12 Secret Lane, Colchester",Polish
B801200005001,Mr,George,Byron,Father,1,0,1,0,2,george@example.org,07700 900112,"9 Harbour Road, Harwich",
C801200005002,"Ms ESC]8;;http://evil","Jo ""J""",<b>Marsh</b>,Mother,1,1,0,0,1,,07700 900113,"14 Mill Lane",
]]

local ada, ben, max = "B801200005001", "C801200005002", "D801200005003"
local now = "--now 2025-11-21T18:00Z "

local w

local function has(text, part) return text:find(part, 1, true) ~= nil end

-- Whether a text has a part, however its lines are broken.
local function says(text, part) return has((text:gsub("%s+", " ")), part) end

-- Ada was away on Fridays: five whole ones without leave, and a morning ill.
local function marks()
  local away = { ["2025-09-10"] = "I \\", ["2025-09-11"] = "B B", ["2025-09-15"] = "Y1 Y1", ["2025-11-20"] = "- /" }
  for _, day in ipairs { "2025-09-12", "2025-09-19", "2025-09-26", "2025-10-03", "2025-10-10" } do away[day] = "O O" end
  return workspace.registers {
    [ada] = workspace.with("2025-09-02", "2025-11-20", away),
    [ben] = workspace.with("2025-09-02", "2025-11-20", { ["2025-09-08"] = "I I", ["2025-11-19"] = "N /" }),
  }
end

local function page(line) return w:ok(now .. "pupil " .. (line or ada)) end

setup(function()
  w = workspace.new { files = { ["pupils.csv"] = pupils, ["contacts.csv"] = (contacts:gsub("ESC", "\27")),
    ["marks.csv"] = marks() } }
  for _, kind in ipairs { "pupils", "contacts", "marks" } do w:run(now .. ("import %s %s.csv"):format(kind, kind)) end
  w:ok(now .. "suggest")
  w:ok(now .. ('record %s early-help --on 2025-11-10 --outcome not-working --with mother --review-on 2025-11-19 ')
    :format(ada) .. "--note 'A lift. She lives at 12 Secret Lane, Colchester.'")
  w:ok(now .. ("record %s notice-to-improve --on 2025-11-20 --with mother --set parent=mother "
    .. "--set period_from=2025-11-24"):format(ada))
  w:ok(now .. ('hold %s --until 2025-11-28 --ask "Jo Marsh" --note "A funeral"'):format(ada))
end)

teardown(function() w:remove() end)

describe("the page of a pupil", function()
  it("says who it is, up to which day, and the hold that is in force", function()
    local out = page()
    assert.truthy(says(out, "Ada Byron 5A, year 5, Oakfield Primary School; UPN B801200005001; born 3 April 2015;"))
    assert.truthy(says(out, "As of Thursday 20 November 2025; registers have come in to Thu 20 Nov 2025, afternoon."))
    assert.truthy(has(out, "On hold until Friday 28 November 2025; ask Jo Marsh first. A funeral"))
  end)

  it("counts attendance with what is counted and what is not", function()
    local figures = w:json(now .. "pupil " .. ada).figures
    assert.same({ 99, 88, 86, 2, 1, 10, 11, 2, 1 }, { figures.possible, figures.attended, figures.present,
      figures.educational, figures.authorised, figures.unauthorised, figures.absent, figures.not_possible,
      figures.missing })
    local out = page()
    assert.truthy(has(out, "88.89 %   88 of 99 possible half days attended"), out)
    assert.truthy(has(out, "86 in school, 2 learning elsewhere"))
    assert.truthy(has(out, "11 absent: 1 authorised, 10 unauthorised"))
    assert.truthy(has(out, "not counted: 2 not required, 1 without a mark"))
    assert.truthy(has(out, "persistent absence: yes; severe absence: no"))
  end)

  it("shows each threshold with its figures", function()
    local out = page()
    assert.truthy(has(out, "national  10 of 10 half days in 10 school weeks: met"), out)
    assert.truthy(has(out, "counts the marks G, N, O, U"))
    assert.truthy(says(out, "first met on Fri 10 Oct 2025, afternoon"))
    local first = w:json(now .. "pupil " .. ada).thresholds[1]
    assert.same({ "national", 10, 10, true, "2025-10-10 PM" }, { first.rule, first.count, first.of, first.met,
      first.first_met })
    assert.truthy(says(page(ben), "not yet resolved: N on Wed 19 Nov 2025, morning: decided so, it would count too"))
  end)

  it("shows the year week by week in signs that can be read in a pipe", function()
    local out = page()
    assert.truthy(has(out, " 1 Sep     ·· ·· ·· ··"), out) -- Monday was a training day
    assert.truthy(has(out, " 8 Sep  ·· ·· ▒· ∘∘ ██"))
    assert.truthy(has(out, "15 Sep  ×× ·· ·· ·· ██"))
    assert.truthy(has(out, "27 Oct  no school"))
    assert.truthy(has(out, "17 Nov  ·· ·· ·· ?·"))
    assert.truthy(has(out, "September to December"))
    assert.truthy(has(out, "█ absent, unauthorised"))
    assert.falsy(has(out, "\27"))
  end)

  it("sets weekdays against the school's own", function()
    local out = page()
    assert.truthy(out:find "Friday     %S+ 55%.6 %%   10 of 18    school 27%.8 %%", out)
    assert.truthy(out:find "Monday     %S+  0%.0 %%    0 of 16    school  5%.9 %%", out)
  end)

  it("lists what is open, running, and recorded, the newest last", function()
    local out = page()
    assert.truthy(out:find "Open suggestions\n", out)
    assert.truthy(says(out, "Early help and support: not working recorded Mon 10 Nov 2025 due since Wednesday 19 Nov"))
    assert.truthy(says(out, "Notice to Improve, Mrs Annabella Byron recorded Thu 20 Nov 2025 Mon 24 Nov 2025 to "
      .. "Fri 16 Jan 2026: 30 school days left"), out)
    local early, notice = out:find "Mon 10 Nov 2025  Early help", out:find "Thu 20 Nov 2025  Notice to Improve"
    assert.truthy(early and notice and early < notice)
  end)

  it("lists what runs for each parent, and a plan until its outcome", function()
    local copy = workspace.new { files = { ["pupils.csv"] = pupils, ["marks.csv"] = marks(),
      ["contacts.csv"] = "upn,forename,surname,relationship,parental_responsibility\n"
        .. ada .. ",Joan,Marsh,mother,1\n" .. ada .. ",Joe,Marsh,father,1\n" } }
    for _, kind in ipairs { "pupils", "contacts", "marks" } do
      copy:run(now .. ("import %s %s.csv"):format(kind, kind))
    end
    local function record(line) copy:ok(now .. "record " .. ada .. " " .. line) end
    record "early-help --on 2025-11-10 --set support=A_lift --set review_dates=2025-12-01"
    record "notice-to-improve --on 2025-11-20 --set parent=mother --despite decided"
    record "notice-to-improve --on 2025-11-20 --set parent=father --despite decided"
    local out = copy:ok(now .. "pupil " .. ada)
    for _, part in ipairs { "Notice to Improve, Joan Marsh recorded Thu 20 Nov 2025",
      "Notice to Improve, Joe Marsh recorded Thu 20 Nov 2025",
      "Early help and support recorded Mon 10 Nov 2025 to be looked at again on Monday 1 December 2025" } do
      assert.truthy(says(out, part), out)
    end
    record "notice-to-improve --set parent=father --outcome withdrawn"
    record "early-help --outcome working"
    local plans = copy:json(now .. "pupil " .. ada).plans
    assert.same({ 1, "Joan Marsh" }, { #plans, plans[1].parent })
    copy:remove()
  end)

  it("is there before any register, with the contacts and the case", function()
    local out = page(max)
    assert.truthy(has(out, "Max Byron"))
    assert.truthy(has(out, "Not available: there were no possible half days."), out)
    assert.truthy(has(out, "Nothing is recorded."))
  end)
end)

describe("the contacts of a page", function()
  it("never show a confidential address, in any form", function()
    for _, out in ipairs { page(), w:ok(now .. "pupil " .. ada .. " --format json") } do
      assert.falsy(has(out, "Secret Lane"), out)
    end
    local out = page()
    assert.truthy(has(out, "Mrs Annabella Byron, mother; parental responsibility; lives with the pupil"))
    assert.truthy(says(out, "07700 900111; anna@example.org; confidential address: not shown; speaks Polish"))
  end)

  it("tell of a parent who has no contact that there is one, and no more", function()
    for _, out in ipairs { page(), w:ok(now .. "pupil " .. ada .. " --format json") } do
      for _, part in ipairs { "George", "Harbour", "900112", "ather" } do assert.falsy(has(out, part), part) end
    end
    assert.truthy(has(page(), "Left out: 1 person marked “no contact”."))
    assert.same({ no_contact = 1, addresses = 1 }, w:json(now .. "pupil " .. ada).contacts_left_out)
  end)

  it("stay text on a terminal, whatever was imported", function()
    local out = page(ben)
    assert.falsy(has(out, "\27"))
    assert.truthy(has(out, '\\x1B]8;;http://evil Jo "J" <b>Marsh</b>, mother'), out)
  end)
end)

describe("a pupil is found", function()
  it("by UPN and by name; an ambiguous name is refused with the candidates", function()
    assert.truthy(has(page '"ada byron"', "Ada Byron"))
    local err = w:expect(1, now .. "pupil Byron").err
    assert.truthy(has(err, ada .. "  Ada Byron, 5A, Oakfield Primary School"), err)
    assert.truthy(has(err, max .. "  Max Byron, 3A, Oakfield Primary School"))
  end)

  it("as of an earlier day, with what was recorded by then", function()
    local out = page(ada .. " --as-of 2025-09-12")
    assert.truthy(has(out, "As of Friday 12 September 2025"))
    assert.truthy(has(out, "Nothing is recorded."))
    assert.falsy(has(out, "On hold"))
  end)
end)

describe("a pupil who moved within a trust", function()
  it("is found by UPN at the school of today", function()
    local trust = workspace.new { settings = (workspace.essex:gsub("^school.-\n", "")), files = {
      ["schools.csv"] = "school,name\n1,Alder\n2,Beech\n",
      ["pupils.csv"] = "school,upn,surname,forename,dob,joined,left\n"
        .. "1,E801,Frost,Eve,2015-01-01,2025-09-02,2025-11-28\n2,E801,Frost,Eve,2015-01-01,2025-12-01,\n",
      ["marks.csv"] = workspace.registers({ E801 = { ["2025-12-01"] = "/ \\" } }, "2") } }
    for _, kind in ipairs { "schools", "pupils", "marks" } do
      trust:ok(("--now 2025-12-01T18:00Z import %s %s.csv"):format(kind, kind))
    end
    assert.truthy(has(trust:ok "--now 2025-12-01T18:00Z pupil E801", "Beech; UPN E801"))
    assert.truthy(has(trust:ok "--now 2025-12-01T18:00Z pupil 'Eve Frost'", "Beech; UPN E801"))
    trust:remove()
  end)
end)
