-- Names in other spellings: capitals and small letters of any script, accents left out or apart,
-- apostrophes, hyphens and spaces of other kinds. Who is meant is found, and who may not be
-- named is taken out of copies.

local core = require "waymark.core"
local discretion = require "waymark.case.discretion"
local spaces = require "waymark.workspace"
local workspace = require "tests.support.workspace"

local now = " --now 2025-11-21T18:00Z"

local zoe, lukasz, anais, mary, yusuf = "B801200005001", "C801200005002", "D801200005003", "E801200005004",
"F801200005005"

local pupils = "upn,surname,forename,dob,year,form\n" .. table.concat({
  zoe .. ",O’Neill,Zoë,2015-04-03,5,5Ä", lukasz .. ",Śliwa,Łukasz,2015-06-11,5,5Ä",
  anais .. ",N'Diaye,Anaïs,2017-06-11,3,3B", mary .. ",Smith-Jones,Mary Ann,2015-01-09,5,5C",
  yusuf .. ",Işık,Yusuf,2014-12-09,6,6A",
}, "\n") .. "\n"

local contacts = "upn,title,forename,surname,relationship,parental_responsibility,lives_with,no_contact,address\n"
  .. table.concat({
    zoe .. ",Ms,Órla,O'Neill,mother,1,1,0,", zoe .. ",Mr,Žydrūnas,Šimkus,uncle,0,0,0,\"7 Łąkowa Street, Colchester\"",
    zoe .. ",Mrs,Þóra,Ægisdóttir,grandmother,0,0,0,", lukasz .. ",Mrs,Małgorzata,Śliwa,mother,1,1,0,",
    anais .. ",Mme,Aïcha,N'Diaye,mother,1,1,0,",
  }, "\n") .. "\n"

local w

setup(function()
  w = workspace.new { files = { ["pupils.csv"] = pupils, ["contacts.csv"] = contacts } }
  for _, kind in ipairs { "pupils", "contacts" } do w:ok(("import %s %s.csv"):format(kind, kind) .. now) end
end)

teardown(function() w:remove() end)

local function quoted(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

local function upn_of(space, who)
  return space:ok("pupil " .. quoted(who) .. now .. " --format json"):match '"upn": "(%w+)"'
end

describe("a pupil is found", function()
  it("by the name in small letters, in capitals, without its accents", function()
    for who, upn in pairs { ["ANAÏS N'DIAYE"] = anais, ["anais n’diaye"] = anais, ["ŁUKASZ ŚLIWA"] = lukasz,
      ["łukasz śliwa"] = lukasz, ["Lukasz Sliwa"] = lukasz, ["S\u{301}LIWA, łukasz"] = lukasz, ["ZOË O'NEILL"] = zoe,
      ["Zoe\u{308} O’Neill"] = zoe, ["o`neill ,  ZOE"] = zoe, ["mary ann smith jones"] = mary, ["SMITH–JONES"] = mary,
      ["Mary‑Ann Smith  Jones"] = mary, ["IŞIK"] = yusuf, ["yusuf isik"] = yusuf, ["śliwa 5ä"] = lukasz,
      ["Sliwa 5A\u{308}"] = lukasz } do
      assert.are.equal(upn, upn_of(w, who), who)
    end
  end)

  it("and nobody who is called otherwise", function()
    for _, who in ipairs { "Zoa O'Neill", "Sliwka", "N Diaye Anais", "Smith" } do
      local err = w:expect(1, "pupil " .. quoted(who) .. now).err
      assert.truthy(err:find("nobody is called", 1, true), err)
    end
  end)

  it("never one of two whose names differ by an accent only", function()
    local two = workspace.new { files = { ["pupils.csv"] =
      "upn,surname,forename,dob,year,form\nA1,Müller,Jose,2015-01-01,5,5A\nA2,Muller,José,2015-01-02,5,5B\n" } }
    two:ok("import pupils pupils.csv" .. now)
    local err = two:expect(1, 'pupil "jose muller"' .. now).err
    assert.truthy(err:find("is not one pupil only", 1, true), err)
    assert.are.equal("A2", upn_of(two, "JOSÉ MÜLLER 5b"))
    two:remove()
  end)
end)

describe("a copy for the family", function()
  -- Each note as it stands in the copy.
  local function copies(notes)
    local fresh, shown = workspace.new { files = { ["pupils.csv"] = pupils, ["contacts.csv"] = contacts } }, {}
    for _, kind in ipairs { "pupils", "contacts" } do fresh:ok(("import %s %s.csv"):format(kind, kind) .. now) end
    for i, note in ipairs(notes) do
      fresh:ok(("record %s absence-callback --outcome spoke --audience family --note %s"):format(zoe,
        quoted(("<%d>%s<end>"):format(i, note))) .. now)
    end
    local out = fresh:ok(("chronology %s --for family"):format(zoe) .. now):gsub("%s+", " ")
    for i, note in out:gmatch "<(%d+)>(.-)<end>" do shown[tonumber(i)] = note end
    fresh:remove()
    return shown
  end

  it("has no adult who may not be named, however they are written", function()
    for _, note in ipairs(copies { "žydrūnas šimkus", "ŽYDRŪNAS ŠIMKUS", "Zydrunas Simkus", "mr šimkus",
      "Mr S\u{30C}imkus",
      "þóra ægisdóttir", "Thora Aegisdottir", "mrs ÆGISDÓTTIR", "Šimkus, Žydrūnas", "ŠIMKUS,\u{A0}žydrūnas" }) do
      assert.are.equal("[another adult]", note)
    end
    assert.are.same({ "“[another adult]” rang", "([another adult]’s car)" },
      copies { "“Žydrūnas Šimkus” rang", "(mr šimkus’s car)" })
  end)

  it("has no other child, however they are written", function()
    for _, note in ipairs(copies { "łukasz śliwa", "LUKASZ SLIWA", "Śliwa, Łukasz", "Anais N`Diaye",
      "anaïs n diaye", "AnaisNDiaye",
      "Mary Ann Smith Jones", "mary-ann SMITH–JONES", "yusuf\u{A0}isik", "I\u{327}S\u{327}IK yusuf",
      "S\u{301}liwa Łukasz" }) do assert.are.equal("[another child]", note) end
    assert.are.same({ "[another child]’s turn" }, copies { "anaïs n’diaye’s turn" })
    assert.are.same({ "‘[another child]’, and", "„[another child]“", "[another child]، [another child]" },
      copies { "‘Yusuf Işık’, and", "„łukasz śliwa“", "Yusuf Isik، anaïs n'diaye" })
  end)

  it("has what else was written, byte for byte, and those who may be named", function()
    local notes = { "Œuf à la – ÓRLA O’NEILL said “ẞ İ ŁŚ”; zoë o'neill laughed", "Lukasz alone, Jones-Smith",
      "Ann Smith-Jones-Lee", "Łukasz Śliwa-Kowalska" }
    assert.are.same(notes, copies(notes))
    assert.are.same({ "ẞẞ ﬁ [another adult] ẞ" }, copies { "ẞẞ ﬁ žydrūnas s\u{30C}imkus\u{301} ẞ" })
  end)

  it("names the pupil, and no adult who may not be named, as who was there or is to do something", function()
    local fresh = workspace.new { files = { ["pupils.csv"] = pupils, ["contacts.csv"] = contacts } }
    for _, kind in ipairs { "pupils", "contacts" } do fresh:ok(("import %s %s.csv"):format(kind, kind) .. now) end
    local record = "record %s %s --audience family " .. now
    fresh:ok(record:format(lukasz, "pupil-check-in --outcome spoke --with ŁUKASZ"))
    fresh:ok(record:format(zoe, "early-help --set 'actions=A lift; žydrūnas' --set 'actions=A call; šimkus'"
      .. " --set 'actions=A book; ZOË'"))
    local out = fresh:ok("chronology " .. lukasz .. " --for family" .. now)
    assert.truthy(out:find("with Łukasz Śliwa", 1, true), out)
    out = fresh:ok("chronology " .. zoe .. " --for family" .. now):gsub("%s+", " ")
    assert.truthy(out:find("A lift (another adult)", 1, true) and out:find("A call (another adult)", 1, true), out)
    assert.truthy(out:find("A book (Zoë O", 1, true), out)
    fresh:remove()
  end)

  it("has no address of another adult in other letters", function()
    assert.are.same({ "at [address], now" }, copies { "at 7 łąkowa  STREET, now" })
  end)
end)

-- Thousands of spellings ---------------------------------------------------------------------

describe("of thousands of spellings of other people's names in a note", function()
  local people = {
    { tag = "[another child]", forename = "Łukasz", surname = "Śliwa" },
    { tag = "[another child]", forename = "Anaïs", surname = "N'Diaye" },
    { tag = "[another child]", forename = "Mary Ann", surname = "Smith-Jones" },
    { tag = "[another child]", forename = "Yusuf", surname = "Işık" },
    { tag = "[another adult]", forename = "Žydrūnas", surname = "Šimkus", title = "Mr" },
    { tag = "[another adult]", forename = "Þóra", surname = "Ægisdóttir", title = "Mrs" },
    { tag = "[another adult]", forename = "Małgorzata", surname = "Śliwa" }, -- of another child
    { tag = "[another adult]", forename = "Aïcha", surname = "N'Diaye" },
  }
  local seed = 20251121
  local function chance(n)
    seed = (seed * 1103515245 + 12345) % 2147483648
    return seed // 65536 % n + 1
  end
  local function pick(list) return list[chance(#list)] end

  local marks = { "'", "’", "`", "ʼ", "‘" }
  local between = { " ", "  ", " ", "\u{A0}", "\t", "-", "‑", " - ", "\n", "\u{200B} " }
  local hyphens = { "-", "‐", "–", " ", " - ", "" }
  local accents = { "\u{301}", "\u{308}", "\u{327}", "\u{30C}" }

  -- Capitals and small letters; accents as they are, left out, or others, apart.
  local function letters(text)
    local way = chance(5)
    if way == 1 then return core.fold(text) end
    if way == 2 then return core.fold(text):upper() end
    if way == 3 then return text end
    return (text:gsub(utf8.charpattern, function(letter)
      if not letter:find "^[%a\x80-\xFF]" or letter == "’" then return nil end
      local plain = chance(3) == 1 and core.fold(letter) or letter
      return plain .. (way == 5 and plain:find "^%a$" and chance(6) == 1 and pick(accents) or "")
    end))
  end

  local function spelt(text)
    text = letters(text):gsub("'", function() return pick(marks) end):gsub("%-", function() return pick(hyphens) end)
    return (text:gsub(" ", function() return pick(between) end))
  end

  local function written(person)
    local way = chance(person.title and 4 or 3)
    if way == 1 then return spelt(person.surname) .. pick { ", ", ",", " ", ",\n" } .. spelt(person.forename) end
    local title = person.title and pick { person.title, person.title:lower(), person.title:upper() }
    if way == 4 then return title .. pick { " ", ". ", "." } .. spelt(person.surname) end
    return spelt(person.forename) .. pick(between) .. spelt(person.surname)
  end

  local function bare(text) return (core.fold(text):gsub("[^%w\x80-\xFF]", "")) end

  it("none passes", function()
    local space = spaces.open(w.dir, "read", os.time { year = 2025, month = 11, day = 21 })
    local copy = discretion.new(space, space:find_pupil(zoe, "2025-11-21"), "family")
    local leaks = {}
    for n = 1, os.getenv "SLOW" and 20000 or 2000 do
      local note = pick { "She is at %s’s now.", "(%s)", "%s", "“%s”, she says", "Not %s!", "%s: why?" }
      local person = pick(people)
      local name = written(person)
      local left = copy:words((note:gsub("%%s", function() return name end)))
      if not left:find(person.tag, 1, true) or bare(left):find(bare(person.surname), 1, true) then
        leaks[#leaks + 1] = ("%d: %q leaves %q"):format(n, name, left)
      end
    end
    space:close()
    assert.equal("", table.concat(leaks, "\n"))
  end)
end)

describe("a contact is meant", function()
  it("by the name in any letters", function()
    local day = 0
    for _, who in ipairs { "órla o’neill", "ORLA O'NEILL", "ms o`neill", "MS ÓRLA", "Mother" } do
      day = day + 1
      w:ok(("record %s absence-callback --outcome spoke --on 2025-11-1%d --with %s"):format(zoe, day,
      quoted(who)) .. now)
      local out = w:ok(("chronology %s"):format(zoe) .. now)
      assert.are.equal(day, select(2, out:gsub("with Ms Órla O'Neill", "")), out)
    end
  end)

  it("by no text without a letter", function()
    w:ok(("record %s absence-callback --outcome spoke --with %s"):format(lukasz, quoted "–") .. now)
    assert.falsy(w:ok(("chronology %s"):format(lukasz) .. now):find("Małgorzata", 1, true))
    assert.truthy(w:expect(1, "pupil " .. quoted "—" .. now).err:find("nobody is called", 1, true))
  end)
end)

describe("a school is meant", function()
  it("by its name in any letters", function()
    local trust = workspace.new { settings = (workspace.essex:gsub("^school.-\n", "")), files = {
      ["schools.csv"] = "school,name\n1,École St. Étienne\n2,Żabińska’s Free–School\n",
      ["pupils.csv"] = "school,upn,surname,forename,dob,year,form\nécole st. étienne,E801,Frost,Eve,2015-01-01,5,5A\n"
        .. "ZABINSKA'S FREE SCHOOL,E802,Frost,Ann,2015-01-01,5,5A\n" } }
    for _, kind in ipairs { "schools", "pupils" } do trust:ok(("import %s %s.csv"):format(kind, kind) .. now) end
    local rows = trust:json('figures --school "ECOLE ST. ETIENNE" --format json' .. now)
    assert.are.same({ 1, "E801" }, { #rows, rows[1].upn })
    rows = trust:json('figures --school "żabińska’s free school" --format json' .. now)
    assert.are.same({ 1, "E802" }, { #rows, rows[1].upn })
    trust:remove()
  end)
end)

describe("a contact whose name comes with other letters", function()
  it("is the same contact, changed", function()
    local fresh = workspace.new { files = { ["pupils.csv"] = pupils, ["contacts.csv"] = contacts } }
    for _, kind in ipairs { "pupils", "contacts" } do fresh:ok(("import %s %s.csv"):format(kind, kind) .. now) end
    fresh:file("again.csv", (contacts:gsub("Małgorzata,Śliwa", "MAŁGORZATA,Sliwa"):gsub("Órla,O'", "Orla,O’")))
    local out = fresh:ok("import contacts again.csv" .. now)
    assert.truthy(out:find("2  changed", 1, true), out)
    assert.falsy(out:find("no longer", 1, true) or out:find("[1-9]%d*  new"), out)
    fresh:remove()
  end)
end)
