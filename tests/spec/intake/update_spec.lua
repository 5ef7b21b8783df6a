-- One Friday in one command: what lies in an inbox is taken in the right order, every pupil
-- is looked at, the lists are written; nothing is half taken, and it can be started again.

local core = require "waymark.core"
local files = require "waymark.base.files"
local host = require "waymark.workspace"
local inbox = require "waymark.intake.inbox"
local problem = require "waymark.base.problem"
local update = require "waymark.intake.update"
local workspace = require "tests.support.workspace"

local PUPILS = "upn,surname,forename,dob,year,form\nADA,Byron,Ada,2016-05-05,4,4A\nBEN,Marsh,Ben,2016-06-06,4,4B\n"
local NOW = "--now 2025-10-10T17:00Z "

local w

before_each(function()
  w = workspace.new {}
  os.execute(("mkdir -p '%s/inbox'"):format(w.top))
end)
after_each(function() w:remove() end)

local function put(name, text) w:file("inbox/" .. name, text) end

local function marks(last)
  return workspace.registers { ADA = workspace.with("2025-09-02", last, { [last] = "N N" }),
    BEN = workspace.with("2025-09-02", last, {}) }
end

local function names(folder) return table.concat(files.names(w.top .. "/" .. folder), " ") end

describe("update", function()
  it("takes people, contacts and marks in their order, and writes the lists", function()
    put("a-marks.csv", marks "2025-10-10")
    put("b-contacts.csv", "upn,surname,forename,relationship\nADA,Byron,Anna,mother\n")
    put("c-pupils.csv", PUPILS)
    local out = w:ok(NOW .. "update inbox -o out")
    assert.truthy(out:find("c-pupils.csv: pupils: 2 new", 1, true), out)
    assert.truthy(out:find("b-contacts.csv: contacts: 1 new", 1, true), out)
    assert.truthy(out:find("1 new one, 0 lapsed", 1, true), out)
    assert.equal("list-2025-10-10.csv list-2025-10-10.html update-2025-10-10.txt", names "out")
    assert.equal(".waymark-update done", names "inbox")
    assert.truthy(names("inbox/done"):find("2025-10-10-a-marks.csv 2025-10-10-a-marks.csv.report.txt", 1, true))
    assert.truthy(workspace.read(w.top .. "/out/list-2025-10-10.csv"):find("Ada Byron", 1, true))
    assert.equal(out:match "^(.-)This report is in", workspace.read(w.top .. "/out/update-2025-10-10.txt"))
  end)

  it("says in a dry run what it would do, and changes, moves and writes nothing", function()
    put("a-marks.csv", marks "2025-10-10" .. "EVE,2025-10-10,AM,N\n")
    put("c-pupils.csv", PUPILS)
    local before = workspace.read(w.dir .. "/waymark.db")
    local out = w:expect(3, NOW .. "update inbox -o out --dry-run").out
    assert.truthy(out:find("a dry run, nothing was changed", 1, true), out)
    assert.truthy(out:find("a-marks.csv: marks: 116 new, 1 left out", 1, true), out)
    assert.truthy(out:find("1 new one, 0 lapsed", 1, true), out)
    assert.equal("a-marks.csv c-pupils.csv", names "inbox")
    assert.is_nil(files.kind(w.top .. "/out"))
    assert.equal(before, workspace.read(w.dir .. "/waymark.db"))
    assert.equal("documents plugins waymark.db waymark.lua", (names("w"):gsub("waymark%.db%-%w+ ", "")))
    local really = w:expect(3, NOW .. "update inbox -o out").out
    really = really:gsub("\n  the rows left out[^\n]*", "")
    assert.equal(out:match "\n(.-1 new one)", really:match "\n(.-1 new one)")
  end)

  it("knows a file by its headings, whatever it is called", function()
    put("Export 1.csv", PUPILS)
    put("Export 0.csv", marks "2025-10-10")
    local out = w:ok(NOW .. "update inbox -o out")
    assert.truthy(out:find("Export 1.csv: pupils: 2 new", 1, true), out)
    assert.truthy(out:find("Export 0.csv: marks:", 1, true), out)
  end)

  it("does not take a file whose name says another kind than its headings", function()
    put("Export 1.csv", PUPILS)
    put("pupils and contacts.csv", marks "2025-10-10")
    local out = w:expect(3, NOW .. "update inbox -o out").out
    assert.truthy(out:find("it is called pupils, and its headings are those of marks; see which it is", 1, true), out)
    assert.truthy(names("inbox/failed"):find("2025-10-10-pupils and contacts.csv", 1, true))
  end)

  it("takes dates that leave their order open as it is told with --dates", function()
    put("pupils.csv", PUPILS)
    put("Export.csv", "upn,date,session,code\nADA,06/10/2025,AM,/\nADA,07/10/2025,AM,/\n")
    local out = w:expect(3, NOW .. "update inbox -o out --dry-run").out
    assert.truthy(out:find("--dates day-first", 1, true), out)
    out = w:ok(NOW .. "update inbox -o out --dates day-first")
    assert.truthy(out:find("Export.csv: marks: 2 new", 1, true), out)
    local days = w:json "sql \"SELECT DISTINCT date FROM mark WHERE code <> '' ORDER BY date\""
    assert.same({ { date = "2025-10-06" }, { date = "2025-10-07" } }, days)
  end)

  it("takes of each kind the newest last, whatever the files are called", function()
    put("pupils.csv", PUPILS)
    put("a.csv", marks "2025-10-10")
    put("b.csv", (marks "2025-10-10":gsub("2025%-10%-10,(%u%u),N", "2025-10-10,%1,I")))
    assert(os.execute(("cd '%s/inbox' && touch -d '2025-10-09 12:00' a.csv && touch -d '2025-10-08 12:00' b.csv")
      :format(w.top)))
    local out = w:ok(NOW .. "update inbox -o out")
    assert.truthy(out:find "b%.csv: marks: .*a%.csv: marks: ", out)
    local codes = w:json "sql \"SELECT DISTINCT code FROM mark WHERE upn = 'ADA' AND date = '2025-10-10'\""
    assert.same({ { code = "N" } }, codes)
  end)

  it("lets a file wait that is dated more than a day ahead, and says so", function()
    put("pupils.csv", PUPILS)
    assert(os.execute(("touch -d '3 days' '%s/inbox/pupils.csv'"):format(w.top)))
    local out = w:expect(3, NOW .. "update inbox -o out").out
    assert.truthy(out:find("pupils.csv: not taken: it is dated %d+%-%d+%-%d+, more than a day ahead of today"), out)
    assert.truthy(out:find("it stays where it is", 1, true), out)
    assert.equal(".waymark-update pupils.csv", names "inbox")
  end)

  it("leaves the mode of a file alone that has another name elsewhere", function()
    put("pupils.csv", PUPILS)
    assert(os.execute(("cd '%s' && chmod 644 inbox/pupils.csv && ln inbox/pupils.csv theirs.csv"):format(w.top)))
    w:ok(NOW .. "update inbox -o out")
    assert.equal("rw-r--r--", require("lfs").attributes(w.top .. "/theirs.csv", "permissions"))
  end)

  it("takes the calendar, history and a filled list too", function()
    put("pupils.csv", PUPILS)
    put("marks.csv", marks "2025-10-10")
    w:ok(NOW .. "update inbox -o out")
    local list = workspace.read(w.top .. "/out/list-2025-10-10.csv")
      :gsub(",,,,,,,,(list[^,\n]*)\n", ",10/10/2025,,spoke,,,,,%1\n")
    put("list back.csv", list)
    put("history.csv", "upn,date,step,outcome\nBEN,2025-09-15,early-help,support-agreed\n")
    put("days.csv", "date,am,pm\n2025-12-19,0,0\n")
    local out = w:ok("--now 2025-10-10T18:00Z update inbox -o out")
    assert.truthy(out:find("list back.csv: actions: 1 new", 1, true), out)
    assert.truthy(out:find("history.csv: entries: 1 new", 1, true), out)
    assert.truthy(out:find("days.csv: calendar: 1 new", 1, true), out)
    assert.equal("answered", w:json("sql 'SELECT state FROM suggestions'")[1].state)
    assert.truthy(names("out"):find "list%-2025%-10%-10%-2.csv", "a list is never written over")
  end)

  it("says what was left out, with exit status 3, and takes the rest", function()
    put("pupils.csv", PUPILS)
    put("marks.csv", marks "2025-10-10" .. "EVE,2025-10-10,AM,N\n")
    local out = w:expect(3, NOW .. "update inbox -o out").out
    assert.truthy(out:find "1 left out" and out:find "EVE", out)
    assert.truthy(workspace.read(w.top .. "/inbox/done/2025-10-10-marks.csv.report.txt"):find "1 left out")
  end)

  it("knows exports under other headings and in other shapes, and reads them as the profile in use says", function()
    put("pupils.csv", PUPILS)
    put("Weekly sheet.csv", "Attendance\nUnique Pupil No,Name,09/10/2025 AM,10/10/2025 AM\nADA,A,/,?\nBEN,B,I01,/\n")
    local settings = workspace.read(w.dir .. "/waymark.lua")
    workspace.write(w.dir .. "/waymark.lua", settings .. 'use "sims"\n')
    local out = w:ok(NOW .. "update inbox -o out")
    workspace.write(w.dir .. "/waymark.lua", settings)
    assert.truthy(out:find("Weekly sheet.csv: marks: 3 new", 1, true), out)
  end)

  it("knows a file by the profiles in use, whatever its name, and others by their headings all the same", function()
    put("pupils.csv", PUPILS)
    put("export1.csv", "Week 41\nPerson,Tag,Half,Sign\nADA,2025-10-09,AM,/\nBEN,2025-10-09,AM,N\n")
    put("plain.csv", "upn,date,session,code\nADA,2025-10-08,PM,/\n")
    put("grid.csv", "UPN,29/09/2025 AM,29/09/2025 PM\nADA,/,/\n")
    w:file("w/plugins/ours/plugin.lua", 'return { name = "ours", version = "1", api = 3 }\n')
    local settings, profile = workspace.read(w.dir .. "/waymark.lua"), [[return profile { title = "%s", marks = {
      shape = "long", heading = %d, columns = { upn = "%s", date = "Tag", session = "Half", code = "Sign" } } }]]
    w:file("w/plugins/ours/profiles/week.lua", profile:format("A week", 2, "Person"))
    w:file("w/plugins/ours/profiles/term.lua", profile:format("A term", 1, "Pupil of ours"))
    workspace.write(w.dir .. "/waymark.lua", settings .. 'use "ours"\n')
    local out = w:ok(NOW .. "update inbox -o out")
    workspace.write(w.dir .. "/waymark.lua", settings)
    for _, line in ipairs { "export1.csv: marks: 2 new", "plain.csv: marks: 1 new", "grid.csv: marks: 2 new" } do
      assert.truthy(out:find(line, 1, true), out)
    end
    w:file("none.csv", "upn,date,session,code\n")
    out = w:ok(NOW .. "import marks none.csv")
    assert.truthy(out:find("It has no rows", 1, true) and not out:find("known already", 1, true), out)
  end)

  it("moves what cannot be taken to failed, with the reason beside it, and goes on", function()
    put("pupils.csv", PUPILS)
    put("marks.csv", "upn,day,code\nADA,2025-10-10,N\n")
    put("LETTER.CSV", "Dear all,\nhello\n")
    put("book.csv", "PK\3\4\0\0\0\0")
    local out = w:expect(3, NOW .. "update inbox -o out").out
    assert.truthy(out:find "marks.csv: marks: not taken: [^\n]*session", out)
    local path = w.top .. "/inbox/failed/2025-10-10-marks.csv"
    assert.is_true(files.exists(path))
    assert.truthy(workspace.read(path .. ".report.txt"):find "not taken")
    for _, name in ipairs { "LETTER.CSV", "book.csv" } do -- known by neither headings nor name
      assert.is_true(files.exists(w.top .. "/inbox/" .. name), name)
    end
    assert.truthy(names("inbox/done"):find "pupils.csv")
  end)

  it("leaves where it is what is no CSV file by its headings or its name, and says so", function()
    put("pupils.txt", PUPILS)
    for _, name in ipairs { "marks.xlsx", "letter", "x.sqlite" } do put(name, "PK\3\4\0\0, marks\n") end
    for _ = 1, 2 do
      local out = w:expect(3, NOW .. "update inbox -o out").out
      for _, name in ipairs { "marks.xlsx", "letter", "x.sqlite" } do
        assert.truthy(out:find(name .. ": not taken: [^\n]*; it stays where it is\n"), out)
      end
    end
    assert.equal(".waymark-update done letter marks.xlsx x.sqlite", names "inbox")
    assert.truthy(names("inbox/done"):find "pupils.txt")
  end)

  it("moves nothing of a workspace, whatever its folder is called", function()
    assert(os.execute(("ln -s '%s' '%s/linked'"):format(w.dir, w.top)))
    local before = names "w"
    for _, name in ipairs { "w", "./w/.", "linked" } do
      assert.truthy(w:expect(1, ("update %s -o out"):format(name)).err:find "is the folder of a workspace; give")
    end
    assert.equal(before, names "w")
  end)

  it("waits for no pipe, follows no link, and says so", function()
    put("pupils.csv", PUPILS)
    assert(os.execute(("cd '%s/inbox' && mkfifo marks.csv && ln -s /dev/zero contacts.csv"):format(w.top)))
    local out = w:expect(3, NOW .. "update inbox -o out").out
    for name, what in pairs { ["marks.csv"] = "named pipe", ["contacts.csv"] = "link" } do
      local words = ("%s: not taken: this is a %s; put the file itself there; it stays"):format(name, what)
      assert.truthy(out:find(words, 1, true), out)
    end
    assert.equal(".waymark-update contacts.csv done marks.csv", names "inbox")
  end)

  it("leaves a file whose name is too long to stand beside a report, and goes on", function()
    put("pupils.csv", PUPILS)
    local long = {}
    for i, name in ipairs { ("x"):rep(251) .. ".csv", ("\u{5bb6}"):rep(80) .. ".CSV" } do
      put(name, marks "2025-10-10")
      long[i] = name
    end
    local out = w:expect(3, NOW .. "update inbox -o out").out
    for _, name in ipairs(long) do
      assert.truthy(out:find(name .. ": not taken: its name is too long; give the file a shorter one; it stays where "
        .. "it is\n", 1, true), out)
      assert.truthy(names("inbox"):find(name, 1, true))
    end
    assert.truthy(out:find "pupils.csv: pupils: %d+ new", out)
  end)

  it("leaves files alone that are hidden, half copied, or in folders", function()
    put("pupils.csv", PUPILS)
    put("marks.csv.part", marks "2025-10-10")
    put(".hidden.csv", PUPILS)
    put("later/pupils.csv", PUPILS)
    w:ok(NOW .. "update inbox -o out")
    assert.equal(".hidden.csv .waymark-update done later marks.csv.part", names "inbox")
  end)

  it("lets a file wait that changed within the last minute", function()
    put("pupils.csv", PUPILS)
    put("marks.csv", marks "2025-10-10")
    assert(os.execute(("touch -d 2025-10-10T16:59:10Z '%s/inbox/marks.csv'"):format(w.top)))
    local out = w:expect(3, NOW .. "update inbox -o out").out
    assert.truthy(out:find("marks.csv: not taken: it changed within the last minute and may still be being copied; the "
      .. "next update takes it; it stays where it is\n", 1, true), out)
    assert.equal(".waymark-update done marks.csv", names "inbox")
    assert.truthy(w:ok("--now 2025-10-10T17:00:10Z update inbox -o out"):find("marks.csv: marks: 116 new", 1, true))
    assert.equal(".waymark-update done", names "inbox")
  end)

  -- An update in this process: `during` is called in place of reading a file.
  local function taking(during)
    local space = host.open(w.dir, "write", core.system.time "2025-10-10T17:00:00Z")
    local function take()
      during()
      return { added = 2, left_out = 0 }
    end
    local ok, result = pcall(update.run, space, { inbox = w.top .. "/inbox", out = w.top .. "/out", take = take,
      suggest = function() return { lines = {} } end })
    space:close()
    return ok, result
  end

  it("moves what was read, and no file that took its name meanwhile", function()
    put("pupils.csv", PUPILS)
    local ok, report = taking(function() put("pupils.csv", PUPILS .. "\n") end)
    assert.is_true(ok, tostring(report))
    assert.truthy(table.concat(report.lines):find("pupils.csv: pupils: not taken: it changed while it was", 1, true))
    assert.equal(".waymark-update pupils.csv", names "inbox")

    local list = inbox.list(w.top .. "/inbox", core.system.now() + 120)
    assert(os.execute(("cd '%s/inbox' && cp -p pupils.csv new && mv new pupils.csv"):format(w.top)))
    assert.is_nil(inbox.move(w.top .. "/inbox", list[1], "done", "2025-10-10", "taken"))
    assert.equal(".waymark-update done pupils.csv", names "inbox")
    assert.equal("", names "inbox/done")
  end)

  it("leaves a file in the inbox when the fault is the workspace's, and ends with status 1", function()
    put("a-pupils.csv", PUPILS)
    put("b-marks.csv", marks "2025-10-10")
    local ok, raised = taking(function()
      problem.check(nil, "cannot use the workspace: the disk is full; make room", true)
    end)
    assert.is_false(ok)
    assert.equal("a-pupils.csv stays in the inbox, and the update ended there: cannot use the workspace: the disk is "
      .. "full; make room", tostring(raised))
    assert.equal(".waymark-update a-pupils.csv b-marks.csv", names "inbox")

    w:ok(NOW .. "import pupils inbox/a-pupils.csv")
    local full = w:run(NOW .. "update inbox -o out", "ulimit -f 100;")
    assert.equal(1, full.status)
    assert.truthy(full.err:find "^waymark: b%-marks.csv stays in the inbox[^\n]*: the disk is full[^\n]*\n$", full.err)
    assert.equal(".waymark-update b-marks.csv done", names "inbox")
    assert.truthy(w:ok(NOW .. "update inbox -o out"):find("b-marks.csv: marks: 116 new", 1, true))
  end)

  it("can be started again after it was stopped: nothing is taken twice", function()
    put("pupils.csv", PUPILS)
    put("marks.csv", marks "2025-10-10")
    w:ok(NOW .. "import pupils inbox/pupils.csv") -- as if it had been stopped before the move
    local out = w:ok(NOW .. "update inbox -o out")
    assert.truthy(out:find("pupils.csv: pupils: 2 known already", 1, true), out)
    assert.truthy(w:ok(NOW .. "update inbox -o out"):find "There was nothing in the inbox")
  end)

  it("gives each school of several its own list", function()
    workspace.write(w.dir .. "/waymark.lua", (workspace.essex:gsub("school %b{}\n", [[
      school { name = "Alder School", key = "alder" }
      school { name = "Beech School", key = "beech" }
    ]])))
    put("pupils.csv", "school,upn,surname,forename\nalder,ADA,Byron,Ada\nbeech,BEN,Marsh,Ben\n")
    local both = workspace.registers({ ADA = { ["2025-10-10"] = "N N" } }, "alder") ..
      workspace.registers({ BEN = { ["2025-10-10"] = "N N" } }, "beech"):gsub("^[^\n]*\n", "")
    put("marks.csv", both)
    w:ok(NOW .. "update inbox -o out")
    assert.equal("list-alder-2025-10-10.csv list-alder-2025-10-10.html list-beech-2025-10-10.csv "
      .. "list-beech-2025-10-10.html update-2025-10-10.txt", names "out")
    local alder = workspace.read(w.top .. "/out/list-alder-2025-10-10.html")
    assert.truthy(alder:find "Ada Byron")
    assert.is_nil(alder:find "Ben Marsh" or alder:find "Beech")
    local beech = workspace.read(w.top .. "/out/list-beech-2025-10-10.csv")
    w:file("back.csv", (beech:gsub(",,,,,,,,(list[^,\n]*)\n", ",10/10/2025,,spoke,,,,,%1\n")))
    w:ok(NOW .. "import actions back.csv")
    assert.equal("answered", w:json("sql \"SELECT state FROM suggestions WHERE upn = 'BEN'\"")[1].state)
  end)

  it("says so when the inbox is none", function()
    assert.truthy(w:expect(1, "update nowhere").err:find "nowhere is no folder")
  end)
end)
