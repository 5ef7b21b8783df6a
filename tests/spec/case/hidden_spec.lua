-- What one parent must not learn by a way round: an address that stands with a brother's contacts or the
-- pupil's own row alone, a number with other signs, a surname by itself, the child's words at a visit, and a
-- visit that nobody says to whom it was.

local discretion = require "waymark.case.discretion"
local spaces = require "waymark.workspace"
local workspace = require "tests.support.workspace"

local pupils = [[
upn,surname,forename,dob,year,form,address
B801200005001,Obi,Ike,2015-04-03,5,5A,"9 Sluice Cottages, Harwich"
C801200005002,Obi,Ada,2017-06-11,3,3B,
D801200005003,Lund,Kai,2018-06-11,2,2B,
E801200005004,Marsh,Ben,2015-06-11,5,5A,"6 Rope Walk, Harwich"
]]

local contacts = "upn,title,forename,surname,relationship,parental_responsibility,lives_with,no_contact,"
  .. "confidential_address,phone,address\n" .. [[
B801200005001,Ms,Ewa,Lund,mother,1,1,0,1,07700 900281,
B801200005001,Mr,Chi,Obi,father,1,0,0,0,07700 900282,"31 Tanyard Lane, Maldon"
B801200005001,Mrs,Gwen,Querney,key worker,0,0,0,0,01255 900283,
B801200005001,Mrs,Ruth,Obi,grandmother,0,0,0,0,,
C801200005002,Ms,Ewa,Lund,mother,1,1,0,1,07700 900281,"Rectory Annexe, 7 Gull Steps, Harwich, CO12 0XQ"
C801200005002,Mr,Olaf,Berg,uncle,0,0,0,1,,"4 Heron Wharf, Harwich"
D801200005003,Ms,Ewa,Lund,mother,1,1,0,,07700 900281,"2 Teal Court, Harwich"
E801200005004,Ms,Jo,Marsh,mother,1,1,0,0,,"6 Rope Walk, Harwich"
E801200005004,Mr,Tom,Lee,father,1,1,0,0,,"6 Rope Walk, Harwich"
]]

local ike, ben = "B801200005001", "E801200005004"
local now = "--now 2025-11-21T18:00Z "
local w, space

local function words(upn, audience, text)
  return discretion.new(space, space:find_pupil(upn, "2025-11-21"), audience):words(text)
end

local function has(text, part) return text:find(part, 1, true) ~= nil end

setup(function()
  w = workspace.new { settings = workspace.essex, files = { ["pupils.csv"] = pupils, ["contacts.csv"] = contacts } }
  for _, kind in ipairs { "pupils", "contacts" } do w:ok(now .. ("import %s %s.csv"):format(kind, kind)) end
  local function record(who, line) return w:ok(now .. ('record %s %s --on 2025-11-20'):format(who, line)) end
  record(ike, "home-visit --outcome nobody-in --note NOBODYTHERE")
  record(ike, "home-visit --outcome spoke --set spoke_to=father --set pupils_views=CHILDSAID --note VISITDAD")
  record(ike, "early-help --with father --set 'actions=A lift; Querney; 2026-01-09'")
  record(ben, "early-help --with mother --set pupils_views=BENSAID --set support=BREAKFAST")
  space = spaces.open(w.dir, "read", os.time { year = 2025, month = 11, day = 21 })
end)

teardown(function()
  space:close()
  w:remove()
end)

describe("a confidential address is in no copy", function()
  it("though it stands with the same person on a brother's or sister's list, or with the pupil, alone", function()
    for _, audience in ipairs { "staff", "referral", "family" } do
      for _, text in ipairs { "gull steps", "7, Gull  Steps", "the rectory annexe", "co12 0xq", "Teal Ct",
        "Heron Wharf", "Sluice Cottages", "9 sluice cottages" } do
        local left = words(ike, audience, "Now at " .. text .. ".")
        assert.truthy(has(left, "[confidential address]"), left)
      end
    end
  end)

  it("and an address that nobody hides is for staff as it was", function()
    assert.equal("at 6 Rope Walk", words(ben, "staff", "at 6 Rope Walk"))
    assert.equal("at Gull Steps", words(ben, "family", "at Gull Steps"))
  end)
end)

it("numbers and e-mail are found with other signs between, and days are none", function()
  for _, text in ipairs { "07700.900281", "07700/900281", "0 7 7 0 0 9 0 0 2 8 1", "07700\u{A0}900\u{A0}281",
    "07700–900281", "+44.7700.900281" } do
    assert.equal("Ring [phone number] now", words(ike, "family", "Ring " .. text .. " now"))
  end
  assert.equal("to [e-mail] now", words(ike, "family", "to ewa @ lund.example now"))
  for _, text in ipairs { "on 05/11/2025 09.30", "05.11.2025 10 to 12", "05-11-2025 09" } do
    assert.equal(text, words(ike, "family", text))
  end
end)

it("a surname says who it is, but where the pupil or a parent has it too", function()
  assert.equal("Ask [another adult], Miss [another adult] or G. [another adult]",
    words(ike, "family", "Ask Querney, Miss QUERNEY or G. Querney"))
  assert.equal("Mr Obi and Ms Lund came", words(ike, "family", "Mr Obi and Ms Lund came"))
  w:ok(now .. "letter " .. ike .. " early-help-offer -o offer/ --parent father")
  local pipe <close> = assert(io.popen(("cat '%s/offer/'*"):format(w.top)))
  local text = pipe:read "a"
  assert.same({ true, false }, { has(text, "A lift"), has(text, "Querney") })
end)

describe("a visit at home", function()
  it("has the child's words for staff alone", function()
    assert.truthy(has(w:ok(now .. "chronology " .. ike), "CHILDSAID"))
    local text = w:ok(now .. "chronology " .. ike .. " --for referral --parent father")
    assert.same({ true, false }, { has(text, "VISITDAD"), has(text, "CHILDSAID") })
  end)

  it("that names nobody is in the papers against one parent only where somebody chose it", function()
    w:ok(now .. "referral " .. ike .. " --parent father -o papers --review")
    local pipe <close> = assert(io.popen(("cat '%s/papers.pick.txt'"):format(w.top)))
    local list = pipe:read "a"
    assert.truthy(has(list, "[ ] entry-1 ") and has(list, "[x] entry-2 "), list)
    w:ok(now .. "audience " .. ike .. " 1 --for referral --why \"it was his door\"")
    assert.truthy(has(w:ok(now .. "chronology " .. ike .. " --for referral --parent father"), "NOBODYTHERE"))
  end)
end)

it("who lives with a parent reads what was done with them, and not what the child said", function()
  local text = w:ok(now .. "chronology " .. ben .. " --for family --parent father")
  assert.same({ true, false }, { has(text, "BREAKFAST"), has(text, "BENSAID") })
  assert.truthy(has(w:ok(now .. "chronology " .. ben .. " --for family --parent mother"), "BENSAID"))
end)
