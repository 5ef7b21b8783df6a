-- Two pupils who are one child: what is kept of the second goes to the first, and what is only ever added to stays.

local workspace = require "tests.support.workspace"

local now = " --now 2025-09-26T18:00Z"

local function made()
  local w = workspace.new { files = {
    ["pupils.csv"] = "upn,surname,forename,dob,admission_number,joined\nADA,Able,Ada,2015-01-02,12,2025-09-08\n"
      .. "TMP,Able,Ada,,T7,2025-09-01\nBEN,Best,Ben,2015-02-03,13,\n",
    ["contacts.csv"] = "upn,forename,surname,relationship,parental_responsibility,phone,no_contact\n"
      .. "ADA,Mia,Able,mother,1,0111 111,\nTMP,MIA,Able,mother,1,0222 222,1\nTMP,Fin,Able,father,1,0333 333,\n",
    ["marks.csv"] = workspace.registers { ADA = { ["2025-09-08"] = "/ \\", ["2025-09-09"] = "N N" },
      TMP = { ["2025-09-02"] = "N N", ["2025-09-03"] = "N N", ["2025-09-08"] = "N \\", ["2025-09-09"] = "N -" },
      BEN = { ["2025-09-08"] = "/ \\" } },
    ["sub.csv"] = "upn,date,session,code,sub_code,comment\nTMP,2025-09-02,AM,N,N01,- by telephone\n" } }
  for _, kind in ipairs { "pupils", "contacts", "marks" } do
    w:ok(("import %s %s.csv --now 2025-09-12T09:00Z"):format(kind, kind))
  end
  w:ok "import marks sub.csv --now 2025-09-12T09:00Z"
  w:ok "suggest --now 2025-09-12T10:00Z"
  w:ok 'record TMP absence-callback --outcome spoke --with Fin --note "Ill." --now 2025-09-12T11:00Z'
  w:ok 'record TMP initial-concern-conversation --with mother --now 2025-09-12T11:30Z'
  return w
end

describe("waymark join", function()
  local w
  setup(function() w = made() end)
  teardown(function() w:remove() end)

  it("shows what would be done, and does it only when a person says so", function()
    local before = w:json 'sql "SELECT (SELECT count(*) FROM event) AS e, (SELECT count(*) FROM pupils) AS p"'
    local r = w:expect(1, "join ADA TMP" .. now)
    assert.equal("What is kept of Ada Able, UPN TMP: it would go to Ada Able, UPN ADA\n"
      .. "  UPN differs: ADA stays, not TMP\n"
      .. "  1 stay at a school, 4 marks, 1 contact (1 known already), 2 entries\n"
      .. "  Two marks for one half day (1): that of the first stays\n"
      .. "    Monday 8 September, morning: / stays, not N\n"
      .. "It cannot be taken back: only a backup has the two apart again.\n", r.out)
    assert.equal("waymark: nothing was changed; to do it, say --yes\n", r.err)
    w:ok("join ADA TMP --dry-run" .. now)
    assert.same(before, w:json 'sql "SELECT (SELECT count(*) FROM event) AS e, (SELECT count(*) FROM pupils) AS p"')
    assert.matches("both are Ada Able already", w:expect(1, "join ADA ADA --yes" .. now).err)
  end)

  it("moves marks, contacts and entries, and the UPN of the second finds the first", function()
    local done = w:ok('join ADA TMP --yes --by Jo --why "Her mother said so."' .. now)
    assert.matches("Joined what is kept of Ada Able", done)
    for _, who in ipairs { "ADA", "tmp", '"Ada Able"' } do
      assert.equal("ADA", w:json("pupil " .. who .. " --format json" .. now).upn)
    end
    local page = w:json("pupil ADA --format json" .. now)
    assert.same({ 8, 2 }, { page.figures.possible, page.figures.attended })
    local detail = page.late.details[1]
    assert.same({ "2025-09-02", "N01", "- by telephone" }, { detail.date, detail.sub_code, detail.comment })
    local counted = w:json [[sql "SELECT (SELECT sum(marks) FROM mark_count) AS n, count(*) AS marks FROM mark
      WHERE on_roll"]]
    assert.same({ 10, 10 }, { counted[1].n, counted[1].marks }) -- and none twice
    assert.equal("2025-09-01", page.joined)
    local contacts = w:json 'sql "SELECT forename, phone, no_contact FROM contacts ORDER BY contact"'
    assert.same({ "Mia", "0111 111; 0222 222", 1 }, { contacts[1].forename, contacts[1].phone, contacts[1].no_contact })
    assert.same({ "Fin", 2 }, { contacts[2].forename, #contacts })
    local what = {}
    for i, row in ipairs(page.case) do what[i] = row.step or row.kind end
    assert.equal(3, #what)
    assert.truthy((w:ok("chronology ADA" .. now):gsub("%s+", " ")):find("Joined with a second record of the same child,"
      .. " UPN TMP: 4 marks, 2 entries and 1 contact came from it. Her mother said so.", 1, true))
    w:ok "check"
  end)

  it("leaves one child on lists, in figures and in what comes in", function()
    w:ok("suggest" .. now)
    local list = w:json("today --all --format json" .. now)
    for _, row in ipairs(list) do assert.is_true(row.upn == "ADA" or row.upn == "BEN" or not row.upn, row.upn) end
    assert.equal(2, #w:json("figures --format json --as-of 2025-09-09" .. now))
    w:file("old.csv", "upn,date,session,code\nTMP,2025-09-10,AM,I\n")
    w:ok("import marks old.csv" .. now)
    assert.same({ { upn = "ADA", code = "I" } }, w:json "sql \"SELECT upn, code FROM mark WHERE date = '2025-09-10'\"")
    w:ok "check"
  end)
end)
