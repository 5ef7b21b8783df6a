-- What a person is told who records: that the child is on hold, that the same was recorded of that day already, which
-- child of the family is not on hold; and what became of a number of an older list.

local workspace = require "tests.support.workspace"

describe("who records is told", function()
  local w
  local at = "--now 2025-10-13T09:00Z "

  setup(function()
    w = workspace.new { files = {
      ["pupils.csv"] = [[
upn,surname,forename,dob,year,form,left
ADA,Byron,Ada,2016-05-05,4,4A,
BEN,Byron,Ben,2014-06-06,6,6B,
CAL,Moss,Cal,2015-06-06,5,5A,
DEE,Byron,Dee,2013-06-06,6,6B,2025-09-30
EVE,Reed,Eve,2016-06-06,4,4A,
]],
      ["contacts.csv"] = [[
upn,title,forename,surname,relationship,parental_responsibility,phone
ADA,Mrs,Anne,Byron,mother,1,07700 900001
ADA,Mr,Alan,Byron,father,1,07700 900002
BEN,Mrs,Anne,Byron,mother,1,07700 900001
CAL,Mr,Alan,Byron,uncle,0,07700 900009
DEE,Mrs,Anne,Byron,mother,1,07700 900001
ADA,Ms,Kay,Lowe,childminder,,07700 900005
EVE,Ms,Kay,Lowe,childminder,,07700 900005
]] } }
    w:ok(at .. "import pupils pupils.csv")
    w:ok(at .. "import contacts contacts.csv")
  end)
  teardown(function() w:remove() end)

  local function told(line, by)
    local r = w:run(at .. line, by and ("LOGNAME='%s'"):format(by))
    assert.equal(0, r.status, r.err)
    return r.err, r.out
  end

  local call = "record ADA absence-callback --outcome "

  it("that the same was recorded of that day, by whom and with whom, but of no attempt", function()
    assert.equal("", told(call .. "no-answer", "Jo Marsh"))
    assert.equal("", told(call .. "spoke --with mother", "Jo Marsh"))
    assert.equal("waymark: of that day there is already: Absence call-back, spoke, with Mrs Anne Byron, by Jo Marsh "
      .. "(entry 2); if it is the same one, strike one out with: waymark correct\n", told(call
      .. "spoke --with father"))
    assert.equal("", told(call .. "no-answer"))
    assert.equal("", told(call .. "spoke --on 2025-10-10"))
    assert.equal("", told "record CAL absence-callback --outcome spoke")
  end)

  it("that a child is on hold, and which of the family is not; no child of another family", function()
    assert.equal("waymark: Ben Byron (6B) has the same family, and no hold: if it is for them too, say so\n",
      told "hold ADA --until 2025-11-01 --ask 'the head'")
    assert.equal("", told "hold BEN --until 2025-11-01 --ask 'the head'")
    assert.equal("waymark: Ben Byron is on hold until Saturday 1 November 2025: ask the head first\n",
      told "record BEN absence-callback --outcome no-answer")
    local err, out = told "hold BEN --until 2025-10-12 --ask 'the head'"
    assert.equal("", err)
    assert.truthy(out:find("Ben Byron: no longer on hold, since Sunday 12 October 2025 (entry", 1, true), out)
    assert.equal("", told "record BEN absence-callback --outcome no-answer")
  end)

  it("whose a number of an older list was", function()
    w:file("marks.csv", workspace.registers { CAL = workspace.with("2025-09-02", "2025-10-10",
      { ["2025-10-10"] = "N N" }) })
    w:ok(at .. "import marks marks.csv")
    w:ok(at .. "suggest")
    w:ok "--now 2025-10-13T10:00Z today" -- Cal, and Ada's hold
    w:ok "--now 2025-10-13T11:00Z today --form 5A"
    local function refused(line) return w:expect(1, "--now 2025-10-13T12:00Z " .. line).err end
    assert.equal("waymark: 2 was Ada Byron on the list of 2025-10-13 10:00 (given out), and another list was given out "
      .. "since; say which by UPN or name\n", refused "record 2 --outcome spoke")
    assert.equal("waymark: 9 is on no list, and is nobody's UPN or admission number; look at the list again, or give a "
      .. "name\n", refused "pupil 9")
  end)
end)
