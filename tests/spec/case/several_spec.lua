-- Several pupils in one command, by their numbers on a list; the step that a number stands for; a step by a
-- word of it; and what was made last is sent together.

local folder = require "tests.support.folder"
local workspace = require "tests.support.workspace"

local PUPILS = [[
upn,surname,forename,dob,year,form,admission_number
ADA,Byron,Ada,2016-05-05,4,4A,101
BEN,O'Shea,Ben,2016-06-06,4,4B,102
CAL,Moss,Cal,2015-06-06,5,5A,103
]]
local CONTACTS = [[
upn,title,forename,surname,relationship,parental_responsibility
ADA,Mrs,Anne,Byron,mother,1
ADA,Mr,Alan,Byron,father,1
BEN,Ms,Una,O'Shea,mother,1
CAL,Mr,Carl,Moss,father,1
]]

describe("several pupils by their numbers", function()
  local w, kept
  local at = "--now 2025-10-13T09:00Z "

  setup(function()
    w = workspace.new { files = { ["pupils.csv"] = PUPILS, ["contacts.csv"] = CONTACTS } }
    local days = {}
    for _, upn in ipairs { "ADA", "BEN", "CAL" } do
      days[upn] = workspace.with("2025-09-02", "2025-10-10", { ["2025-10-10"] = "N N" })
    end
    for day = 8, 11 do days.ADA[("2025-09-%02d"):format(day)] = "I I" end
    w:file("marks.csv", workspace.registers(days))
    for _, kind in ipairs { "pupils", "contacts", "marks" } do
      w:ok(("%simport %s %s.csv"):format(at, kind, kind))
    end
    w:ok(at .. "suggest")
    w:ok(at .. "today") -- 1 Ada, 2 Ben, 3 Cal
    kept = w.top
  end)
  teardown(function() folder.remove(kept) end)

  before_each(function()
    w.top = folder.new()
    w.dir = w.top .. "/w"
    assert(os.execute(("cp -R '%s/.' '%s/'"):format(kept, w.top)))
  end)
  after_each(function() w:remove() end)

  local function count() return w:json("sql \"SELECT count(*) AS n FROM event WHERE kind LIKE 'entry.%'\"")[1].n end

  it("are recorded each by itself, for the step of each row, with a contact of each", function()
    local out = w:ok(at .. "record 1,2 --outcome spoke --with mother")
    assert.equal([[
Recorded for Ada Byron (number 1 on the list of …): Absence call-back, spoke, with Mrs Anne Byron (entry N).
1 suggestion is answered: Absence call-back.
Recorded for Ben O'Shea (number 2 on the list of …): Absence call-back, spoke, with Ms Una O'Shea (entry N).
1 suggestion is answered: Absence call-back.
]], (out:gsub("entry %d+", "entry N"):gsub("list of [^)]+", "list of …")))
    assert.truthy(w:ok(at .. "not-now 3 --reason illness"):find("Cal Moss.-Absence call%-back, not now"))
    w:ok(at .. "hold '1, 3' --until 2025-11-01 --ask 'the head'")
    assert.equal(5, count())
  end)

  it("are recorded all or none, and the one that cannot be is named", function()
    local function refused(line, message)
      assert.equal("waymark: " .. message .. "\n", w:expect(1, at .. line).err)
      assert.equal(0, count())
    end
    refused("record 1,3 early-help --outcome taken-up --with mother --set barriers=Sleep --set nothing=1",
      w:expect(1, at .. "record 1 early-help --outcome taken-up --set nothing=1").err:match "waymark: (.*)\n"
        :gsub("^", "Ada Byron (1): "))
    refused("record 1,9 --outcome spoke", "9 is on no list, and is nobody's UPN or admission number; look at "
      .. "the list again, or give a name")
    refused("record 1,2,1 --outcome spoke", "1 and 1 are both Ada Byron; name each child once")
    refused("record 1,101 --outcome spoke", "1 and 101 are both Ada Byron; name each child once")
    refused("correct 1,2 1 --why wrong", "Ada Byron (1): entry 1 is not one of this pupil's, or is struck out already; "
      .. "look at the pupil's chronology for the entry's number")
  end)

  it("are none where a number or a comma is missing between them", function()
    for _, numbers in ipairs { "1,", "1,,2", "1,2,", "1,2 3", "1 ,  , 2" } do
      local err = w:expect(1, ("record '%s' absence-callback --outcome no-answer"):format(numbers)).err
      assert.truthy(err:find(('"%s" is no list of numbers; give a number between two commas'):format(numbers), 1, true),
        err)
    end
  end)

  it("need the step where a number does not say one, or two lists say another", function()
    local other = "say which step; only a number of a list stands for the step of its row"
    for _, who in ipairs { "ADA", "101", "'Ada Byron'" } do
      assert.equal(("waymark: %s\n"):format(other), w:expect(1, at .. "record " .. who .. " --outcome spoke").err)
    end
    w:ok(at .. "today --form 4A -o list.csv")
    w:ok(at .. "not-now 1 --note Later")
    w:run(at .. "today --form 4A", "LOGNAME=Jo")
    assert.equal("waymark: 1 is for no step on the list of 2025-10-13 09:00, and for absence-callback on another; say "
      .. "which step\n", w:expect(1, at .. "record 1 --outcome spoke").err)
    assert.truthy(w:ok(at .. "record 1 call-back --outcome spoke"):find("Ada Byron", 1, true))
  end)

  it("and a step goes by a word that it alone has, never by one of several", function()
    assert.truthy(w:ok(at .. "record ADA Call-back --outcome spoke"):find("Absence call-back, spoke", 1, true))
    assert.truthy(w:ok(at .. "explain ADA meeting"):find("Declining attendance meeting", 1, true))
    assert.equal('waymark: "legal" may be any of: legal-decision, legal-intervention; say which\n',
      w:expect(1, at .. "record ADA legal --by Jo").err)
    assert.truthy(w:expect(1, at .. "record ADA meetin").err:find('has no step "meetin"', 1, true))
  end)

  it("have their letters made, and all that was made last recorded as sent, once", function()
    local function sent(line)
      local list = {}
      for what in w:ok(at .. line):gmatch "[^:\n]*: ([^:\n]-), sent, kept as" do list[#list + 1] = what end
      return list
    end
    w:ok("--now 2025-10-10T12:00Z letter 1 early-help-offer -o letters")
    w:ok(at .. "letter 1,2 meeting-invitation -o letters")
    for _, more in ipairs { "", " --dry-run" } do
      assert.equal("waymark: Ben O'Shea (2): there are letters of several children; say a folder with -o\n",
        w:expect(1, at .. "letter 2,3 meeting-invitation -o one.html" .. more).err)
    end
    w:ok(at .. "letter ADA meeting-invitation --parent father -o letters")
    assert.same({ "An invitation to meet to Mrs Anne Byron", "An invitation to meet to Mr Alan Byron",
      "An invitation to meet to Ms Una O'Shea" }, sent "attach 1,2 --as sent")
    assert.equal("waymark: Ben O'Shea (2): no letter to a parent was made that is not recorded as sent; make it, "
      .. "or say which document with --of\n", w:expect(1, at .. "attach 2,3 --as sent").err)
    w:ok(at .. "letter 2 meeting-invitation -o letters")
    w:ok("--now 2025-10-13T10:00Z letter 2 call-back-form -o letters") -- staff's own, and what the authority gets
    w:ok("--now 2025-10-13T10:00Z referral 2 --parent mother --incomplete --by Sam -o pack")
    assert.same({ "An invitation to meet to Ms Una O'Shea" }, sent "attach 2 --as sent")
  end)
end)
