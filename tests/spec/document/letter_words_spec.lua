-- What the letters of the road map that ships say of one family and one school: whom they greet,
-- days beside the class, what is no longer offered, by when an answer is asked for, advice.

local workspace = require "tests.support.workspace"

local others = { "BEN", "CAL", "DEE", "EVE", "FAY", "GUS" }
local pupils = { "upn,surname,forename,dob,year,form", "ADA,Byron,Ada,2016-05-05,4,4A", "NEW,Nash,Una,2016-06-05,4,4A",
  "HAL,Hunt,Hal,2016-06-05,4,4B" }
for i, upn in ipairs(others) do
  pupils[#pupils + 1] = ("%s,Other,%s,2016-0%d-01,4,4A"):format(upn, upn:sub(1, 1) .. upn:sub(2):lower(), i)
end
local contacts = [[
upn,title,forename,surname,relationship,parental_responsibility
ADA,Mrs,Anne,Byron,mother,1
ADA,,George,Byron,father,1
NEW,,,Nash,mother,1
HAL,Ms,Hetty,Hunt,mother,1
]]

local now = "--now 2025-10-16T09:00Z "
local w

-- Ada was away for seven half days; three others for one each, in a class of seven with marks.
setup(function()
  local marks = { ADA = workspace.with("2025-09-02", "2025-10-15", { ["2025-09-08"] = "O O", ["2025-09-09"] = "O O",
    ["2025-09-10"] = "O O", ["2025-09-11"] = "O \\" }), HAL = workspace.with("2025-09-02", "2025-10-15", {}) }
  for i, upn in ipairs(others) do
    marks[upn] = workspace.with("2025-09-02", "2025-10-15", { ["2025-09-22"] = i <= 3 and "I \\" or nil })
  end
  w = workspace.new { settings = workspace.essex:gsub('use "essex"',
    'use "ours" { class_beside = true, complaints = "" }'), files = { ["w/plugins/ours/plugin.lua"] = [[
      return { name = "ours", version = "1", api = 3, extends = "essex", requires = { "england" },
        reads = { "registers", "cases" } }]],
    ["w/plugins/ours/init.lua"] = [[
      local further = { table.unpack(parent.module.further) }
      further[#further + 1] = "club"
      return { further = further }]],
    ["w/plugins/ours/steps/club.lua"] = [[
      return step { title = "A club", principle = "facilitate", audience = "family", plan = true,
        outcomes = { "working", "not-taken-up" }, refused = { "not-taken-up" },
        records = { clubs = { type = "list", role = "support" } } }]], ["pupils.csv"] = table.concat(pupils, "\n"),
    ["contacts.csv"] = contacts, ["marks.csv"] = workspace.registers(marks) } }
  for _, kind in ipairs { "pupils", "contacts", "marks" } do
    w:run(("--now 2025-10-16T08:00Z import %s %s.csv"):format(kind, kind))
  end
end)

teardown(function() w:remove() end)

local function record(line) w:ok(now .. "record ADA " .. line) end

-- What a reader sees of a letter, in one line.
local function letter(who, name, more, at)
  w:ok((at or now) .. ("letter %s %s -o out.html %s"):format(who, name, more or ""))
  local text = workspace.read(w.top .. "/out.html"):gsub("<head>.-</head>", " "):gsub("<[^>]*>", " ")
  os.remove(w.top .. "/out.html")
  return (text:gsub("&#39;", "'"):gsub("%s+", " "))
end

local function has(text, words) assert.truthy(text:find(words, 1, true), words .. " is not in: " .. text) end
local function has_not(text, words) assert.falsy(text:find(words, 1, true), words .. " is in: " .. text) end

describe("a letter of the road map", function()
  it("greets a parent whose title is not known as parent or carer", function()
    has(letter("ADA", "initial-concern-letter", "--parent mother"), "Dear Mrs Byron,")
    local text = letter("ADA", "initial-concern-letter", "--parent father")
    has(text, "Dear Parent or carer,")
    has(text, "George Byron By hand")
    has(letter("NEW", "initial-concern-letter"), "Dear Parent or carer,")
  end)

  it("has the days away beside those of the class, where the settings say so and the class is no handful", function()
    local text = letter("ADA", "initial-concern-letter", "--parent mother")
    has(text, "Ada was here for 28½ days and away for 3½ days. "
      .. "On average, the others in 4A were away for half a day.")
    text = letter("HAL", "initial-concern-letter")
    has(text, "Hal was here for 32 days.")
    has_not(text, "On average")
    has(letter("NEW", "initial-concern-letter"), "Our registers do not yet say anything about Una's attendance")
  end)

  it("does not offer again what was held since, and goes on offering what was not", function()
    record "declining-attendance-meeting --with mother --on 2025-09-15 --outcome did-not-attend --set parties=Anne"
    for _, support in ipairs { "A lift", "Breakfast" } do
      record(("early-help --with mother --on 2025-09-16 --outcome not-taken-up --set parties=Anne --set support='%s'")
        :format(support))
    end
    local before = letter("ADA", "did-not-attend", "--parent mother")
    for _, words in ipairs { "Declining attendance meeting (Monday", "A lift", "Breakfast" } do has(before, words) end
    record "declining-attendance-meeting --with mother --on 2025-09-22 --set parties=Anne --set met_on=2025-09-22"
    record "early-help --with mother --on 2025-09-23 --outcome working --set parties=Anne --set support='A lift'"
    local after = letter("ADA", "did-not-attend", "--parent mother")
    has_not(after, "Declining attendance meeting (Monday")
    has_not(after, "A lift")
    has(after, "Breakfast")
  end)

  it("offers again each of several, until it is taken up", function()
    record "club --with mother --on 2025-09-25 --set clubs=Chess --set clubs=Choir"
    record "club --with mother --on 2025-10-01 --outcome not-taken-up"
    has(letter("ADA", "did-not-attend", "--parent mother"), "A club (Wednesday 1 October 2025) Chess Choir")
    record "club --with mother --on 2025-10-06 --set clubs=Chess --set clubs=Choir"
    has_not(letter("ADA", "did-not-attend", "--parent mother"), "A club (")
  end)

  it("offers again what the school offered: nothing of the family's, no past day, no meeting that was held", function()
    record("attendance-contract --with mother --on 2025-09-24 --set parties=Anne --set 'actions=Ring at eight; "
      .. "Sam Reed; 2025-09-26' --set 'actions=An early night; Mrs Byron; 2025-09-26'")
    record "attendance-contract --with mother --on 2025-10-01 --outcome not-kept"
    record "declining-attendance-meeting --with mother --on 2025-10-02 --set parties=Anne --set agreed='We try again'"
    record "declining-attendance-meeting --with mother --on 2025-10-08 --outcome not-working"
    local text = letter("ADA", "early-help-offer", "--parent mother")
    has(text, "Attendance contract (Wednesday 1 October 2025) Ring at eight (Sam Reed)")
    for _, words in ipairs { "An early night", "26 September", "We try again" } do has_not(text, words) end
  end)

  it("asks for answers before the last day of the notice, with the year of each day", function()
    record("notice-to-improve --set parent=Anne --set issued_on=2025-09-08 --set served_on=2025-09-10 "
      .. "--set period_from=2025-09-10 --set period_to=2025-10-20 --despite example")
    local text = letter("ADA", "early-decision-warning", "--parent mother --despite example")
    has(text, "Please talk to us by Friday 17 October 2025 , and tell us")
    has(text, "by Friday 17 October 2025 . We will look into it")
    has(text, "3 half days without leave (Wednesday 10 September 2025, morning and afternoon; "
      .. "Thursday 11 September 2025, morning)")
    text = letter("ADA", "early-decision-warning", "--parent mother --despite example", "--now 2025-10-20T09:00Z ")
    has(text, "Please talk to us, and tell us")
  end)

  it("has independent advice and complaints as the settings have them", function()
    local text = letter("ADA", "notice-to-improve", "--parent mother --despite example")
    has(text, "Independent advice You can get advice from somebody who is independent of us: Citizens Advice")
    has_not(text, "complain")
    has(text, "may be shared with Essex County Council")
  end)
end)
