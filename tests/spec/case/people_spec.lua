-- Who is a parent (Education Act 1996 s.576), and whom a text means: one answer for what is
-- recorded, letters, routes, referrals and plugins, by the number of the contact.

local workspace = require "tests.support.workspace"

local now = "--now 2025-11-21T17:00Z "
local grace = "A801200001001"
local head = "upn,title,forename,surname,relationship,parental_responsibility,lives_with,no_contact,priority,address\n"

local settings = workspace.essex .. 'staff { attendance_officer = "Sam Reed <sam@oakfield.example>" }\n'

local invitation = "letter Grace meeting-invitation -o out --dry-run "

local w

local function school(contacts)
  w = workspace.new { settings = settings, files = { ["contacts.csv"] = head .. contacts,
    ["pupils.csv"] = "upn,surname,forename,dob,joined\n" .. grace .. ",Ambrose,Grace,2014-03-03,2024-09-02\n",
    ["marks.csv"] = workspace.registers { [grace] = workspace.with("2025-09-02", "2025-11-20",
      { ["2025-11-10"] = "O O", ["2025-11-11"] = "O O", ["2025-11-12"] = "O O", ["2025-11-13"] = "O O",
        ["2025-11-14"] = "O O" }) } } }
  for _, kind in ipairs { "pupils", "contacts", "marks" } do w:ok(("%simport %s %s.csv"):format(now, kind, kind)) end
  assert(os.execute(("mkdir '%s/out'"):format(w.top)))
end

after_each(function() w:remove() end)

local function has(text, words) assert.truthy(text:find(words, 1, true), text) end
local function has_not(text, words) assert.falsy(text:find(words, 1, true), text) end

local function refused(line, words)
  local err = w:expect(1, now .. line).err
  has(err, words)
end

-- The id of a contact by its forename.
local function number(forename)
  local text = w:ok("sql \"SELECT contact FROM contacts WHERE forename = '" .. forename .. "'\" --format csv")
  return text:match "\n(%d+)"
end

local function routes()
  local open = {}
  for _, each in ipairs(w:json(now .. "explain Grace legal-decision").routes or {}) do
    open[each.parent] = open[each.parent] or each.open
  end
  return open
end

describe("who is a parent", function()
  before_each(function()
    school(grace .. ",Mrs,Olga,Ambrose,mother,,0,0,1,7 Elm Street\n"
      .. grace .. ",Mrs,Vera,Hill,grandmother,,,0,2,1 Oak Road\n"
      .. grace .. ",Mr,Karl,Stone,stepfather,0,1,0,3,7 Elm Street\n"
      .. grace .. ",Ms,Rita,Poole,aunt,0,0,0,4,2 Oak Road\n"
      .. grace .. ",Dr,Paul,Ambrose,father,,,0,5,9 Elm Street\n")
  end)

  it("is one answer for what is recorded, letters and routes", function()
    w:ok(now .. "record Grace early-help --outcome not-engaged")
    for forename, answer in pairs { Olga = "unknown", Vera = "unknown", Karl = "yes", Rita = "no", Paul = "yes" } do
      local record = "record Grace notice-to-improve --dry-run --set parent=" .. forename
      local letter = invitation .. "--parent " .. forename
      if answer == "yes" then
        w:ok(now .. record)
        w:ok(now .. letter)
      else
        refused(record, "is not known as a parent")
        refused(letter, "is not on record as having parental responsibility")
        w:ok(now .. letter .. " --despite 'she has it'")
      end
    end
    assert.same({ ["Mrs Olga Ambrose"] = false, ["Mrs Vera Hill"] = false, ["Mr Karl Stone"] = true,
      ["Dr Paul Ambrose"] = true }, routes())
  end)

  it("opens nothing where it is not known, and that is said", function()
    local said = w:ok(now .. "letter Grace meeting-invitation -o out")
    has(said, "to Mr Karl Stone")
    has(said, "None to Mrs Olga Ambrose: it is not known that they are a parent")
    has_not(said, "Rita")
    local explained = w:ok(now .. "explain Grace legal-decision")
    has(explained, "Mrs Vera Hill: not known whether they are a parent")
    has(explained, "any route: It is not known whether they are a parent")
    has_not(explained, "Rita Poole")
  end)

  it("is the field `parent` of a contact for plugins", function()
    w:file("try.lua", "for pupil in pupils() do for _, each in ipairs(pupil.contacts) do "
      .. "print(each.forename, each.parent) end end")
    local text = w:ok(now .. ("plugin try '%s/try.lua' --reads contacts"):format(w.top))
    for forename, answer in pairs { Olga = "unknown", Karl = "yes", Rita = "no" } do
      has(text, forename .. "\t" .. answer)
    end
  end)
end)

describe("two contacts of one name", function()
  before_each(function()
    school(grace .. ",Mr,Ali,Khan,Stepfather,1,1,0,1,7 Elm Street\n"
      .. grace .. ",Mr,Ali,Khan,Uncle,,,0,2,9 Elm Street\n" .. grace .. ",Mrs,Ada,Khan,mother,1,1,0,3,7 Elm Street\n")
  end)

  it("are told apart by number or relationship, for a letter as for what is recorded", function()
    refused(invitation .. "--parent khan", "Mr Ali Khan (Stepfather) or Mr Ali Khan (Uncle)")
    has(w:ok(now .. invitation .. "--parent 'Mr Ali Khan (Stepfather)'"), "Mr Ali Khan")
    refused("letter Grace meeting-invitation -o out --parent 'mr ali khan (uncle)'", "is not on record")
    local first = number "Ali"
    w:ok(now .. invitation .. "--parent 'contact " .. first .. "'")
    w:ok(now .. invitation .. "--parent " .. first)
    refused("letter Grace meeting-invitation -o out --parent 99", 'Grace Ambrose has no contact "99"')
  end)

  it("do not lend each other that they may be named in a referral", function()
    local about_uncle = w:expect(1, now .. "referral Grace --parent 'Mr Ali Khan (Uncle)' -o out/uncle").err
    has(about_uncle, "it is not known that they have parental responsibility")
    local about_mother = w:run(now .. "referral Grace --parent mother -o out/mother --incomplete")
    assert.equal(0, about_mother.status, about_mother.err)
    local form = io.popen(("cat '%s'/out/mother/*referral-form.html"):format(w.top)):read "a"
    has(form, "Mr Ali Khan, Stepfather")
    has_not(form, "Uncle")
  end)

  it("have each their own notice in a referral, and whoever they live with has another", function()
    for day, who in pairs { ["17"] = "mother", ["18"] = "Mr Ali Khan (Uncle)", ["19"] = "Mr Ali Khan (Stepfather)" } do
      w:ok(now .. ("record Grace notice-to-improve --on 2025-11-%s --set 'parent=%s' --despite agreed"):format(day,
        who))
    end
    w:ok(now .. "referral Grace --parent 'Mr Ali Khan (Stepfather)' -o out/his --incomplete")
    local text = io.popen(("cat '%s'/out/his/*chronology.html"):format(w.top)):read "a"
    has(text, "19 November 2025")
    has_not(text, "17 November 2025")
    has_not(text, "18 November 2025")
  end)

  it("have each their own heading of routes", function()
    local text = w:ok(now .. "explain Grace legal-decision")
    has(text, "  Mr Ali Khan (Stepfather)\n")
    has(text, "  Mr Ali Khan (Uncle)\n")
  end)
end)

describe("a policy of which a new version was recorded without its day", function()
  it("is not printed with the day of the version before", function()
    school(grace .. ",Mrs,Ada,Khan,mother,1,1,0,3,7 Elm Street\n")
    local policy = "record-school attendance-policy "
    w:ok(now .. policy .. "--set version=1 --set published_on=2025-09-01")
    local function letter()
      w:ok(now .. "letter Grace policy-summary -o out/policy.html")
      local text = workspace.read(w.top .. "/out/policy.html")
      assert(os.remove(w.top .. "/out/policy.html"))
      return text
    end
    has(letter(), "1 September 2025")
    w:ok(now .. policy .. "--set version=2")
    has_not(letter(), "1 September 2025")
    w:ok(now .. policy .. "--set published_on=2025-11-03")
    has(letter(), "3 November 2025")
  end)
end)
