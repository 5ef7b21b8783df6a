-- waymark letter: whom it is to when the lists of contacts changed, or are of two schools; and
-- whose each thing is that was agreed (DOMAIN, "Records": what the parent will do, what the
-- school will do).

local workspace = require "tests.support.workspace"

local CAL = "A801200001001"
local now = "--now 2025-11-21T17:00Z "
local head = "school,upn,title,forename,surname,relationship,parental_responsibility,lives_with,no_contact,"
  .. "confidential_address,priority,address,communication_needs\n"
local anne = '881/2345,%s,Mrs,Anne,Byron,mother,1,1,0,0,2,"7 Elm Street, Chelmsford",\n'
local vic = '881/2345,%s,Mr,Vic,Stone,stepfather,0,1,0,0,1,"4 Gone Close, Chelmsford",large print\n'

local settings = [[
school { name = "Oakfield Primary School", laestab = "881/2345", phase = "primary" }
school { name = "Elmtree Primary School", laestab = "881/2346", phase = "primary" }
year "2025-26" {
  term { "2025-09-01", "2025-12-19", half_term = { "2025-10-27", "2025-10-31" } },
%s
}
%s
use "england"
use "support-first"
]]
local staff = 'staff { attendance_officer = "Cal Reed <sam@oakfield.example>" }'

local w

local function import(kind, text)
  w:file(kind .. ".csv", text)
  w:ok(("%simport %s %s.csv"):format(now, kind, kind))
end

local function school(pupils, contacts, with_staff, spring)
  local terms = spring or 'term { "2026-01-05", "2026-03-27" }'
  w = workspace.new { settings = settings:format(terms, with_staff or staff), files = {} }
  import("pupils", "school,upn,surname,forename,dob,joined,left\n" .. pupils)
  import("contacts", head .. contacts:format(CAL, CAL))
  assert(os.execute(("mkdir '%s/out'"):format(w.top)))
end

after_each(function() w:remove() end)

local here = "881/2345," .. CAL .. ",Byron,Cal,2014-03-03,2024-09-02,\n"

local function read(name) return workspace.read(w.top .. "/out/" .. name) end
local function has(text, part) return text:find(part, 1, true) ~= nil end

describe("a contact who is no longer on the list", function()
  before_each(function()
    school(here, vic .. anne)
    import("contacts", head .. anne:format(CAL))
  end)

  it("gets no letter, and the others get theirs", function()
    w:ok(now .. "letter Cal meeting-invitation -o out")
    assert.is_true(has(read "cal-byron-meeting-invitation-mrs-byron.html", "7 Elm Street"))
    assert.are.same({ { "Mrs Anne Byron" } }, { { w:json(now .. "letter Cal --list")[4].whom } })
  end)

  it("has no part in a notice to another", function()
    local notice = now .. "record Cal notice-to-improve --despite agreed --set parent=mother --set issued_on=%s"
    w:ok(notice:format "2025-11-20 --set served_on=2025-11-20")
    w:ok(now .. "letter Cal notice-to-improve --parent mother --despite agreed -o out")
    assert.is_true(has(read "cal-byron-notice-to-improve-mrs-byron.html", "from Thursday 20 November 2025"))
  end)
end)

describe("a pupil who came from another school of the workspace", function()
  it("has the contacts on the list of the present school, and no other", function()
    local left = here:gsub(",\n$", ",2025-10-24\n")
    local joined = here:gsub("2345", "2346"):gsub("2024%-09%-02", "2025-11-03")
    school(left .. joined, anne .. anne:gsub("2345", "2346"):gsub("Mrs", "Ms"):gsub("7 Elm Street", "9 New Road"))
    w:ok(now .. "letter Cal meeting-invitation -o out")
    w:ok(now .. "letter Cal meeting-invitation --parent mother -o out")
    local text = read "cal-byron-meeting-invitation-ms-byron.html"
    assert.is_true(has(text, "9 New Road"))
    assert.is_false(has(text, "7 Elm Street"))
  end)
end)

describe("a Notice to Improve that ends after the calendar", function()
  it("is not made: nobody can read its last day in it", function()
    school(here, anne, staff, "")
    w:ok(now .. "record Cal notice-to-improve --despite agreed --set parent=mother --set served_on=2025-11-20")
    local err = w:expect(1, now .. "letter Cal notice-to-improve --despite agreed -o out").err
    assert.are.equal("waymark: Notice to Improve of Friday 21 November 2025 for Mrs Anne Byron has no last day that is "
      .. "known: the calendar ends before it; add the next school year to waymark.lua\n", err)
  end)
end)

describe("what was agreed", function()
  local function sides(...)
    school(here, anne)
    local line = now .. "record Cal attendance-contract --despite agreed --set met_on=2025-11-20"
    for i, owner in ipairs { ... } do line = ("%s --set 'actions=thing %d; %s'"):format(line, i, owner) end
    w:ok(line)
    w:ok(now .. "letter Cal attendance-contract --despite agreed -o out")
    local family, ours = read "cal-byron-attendance-contract.html"
      :match "<td><ul>(.-)</ul></td>%s*<td><ul>(.-)</ul></td>"
    local function things(text)
      local list = {}
      for n in text:gmatch "thing (%d+)" do list[#list + 1] = tonumber(n) end
      return list
    end
    return things(family), things(ours)
  end

  it("is the family's when the pupil, a parent or a relative does it", function()
    local family, ours = sides("Cal", "Mrs Byron", "both parents", "his grandmother", "Stepfather", "the family")
    assert.are.same({ 1, 2, 3, 4, 5, 6 }, family)
    assert.are.same({}, ours)
  end)

  it("is the school's when the name only has the pupil's or a relative's in it", function()
    local family, ours = sides("Mrs Callaghan", "Cal Reed", "Mr Cal", "Ms Haddad", "the school")
    assert.are.same({}, family)
    assert.are.same({ 1, 2, 3, 4, 5 }, ours)
  end)
end)

describe("a letter that names nobody to ask", function()
  it("is made, and whoever makes it is told what to add", function()
    school(here, anne, "-- nobody")
    local said = w:ok(now .. "letter Cal meeting-invitation -o out")
    assert.is_true(has(said, "it names nobody to ask; add to waymark.lua"), said)
    w:remove()
    school(here, anne)
    assert.is_false(has(w:ok(now .. "letter Cal meeting-invitation -o out"), "nobody to ask"))
  end)
end)
