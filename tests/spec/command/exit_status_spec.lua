-- What was done and could not be shown is said as done: exit status 3, and a sentence that it is kept.

local cli = require "waymark.cli"
local workspace = require "tests.support.workspace"

local PUPILS = "upn,surname,forename,dob,year,form,joined\n"
  .. "ADA,Byron,Ada,2016-05-05,4,4A,2020-09-01\nBEN,Moss,Ben,2016-06-06,4,4A,2020-09-01\n"
  .. "CAL,Byron,Ada,2016-05-05,4,4A,2020-09-01\n"

local now = "--now 2025-09-08T17:30Z "

-- Of each command a call that changes something, beside the workspace; false: it changes nothing.
local calls = {
  init = "init new", import = "import marks more.csv", calendar = false, suggest = "suggest --as-of 2025-09-08",
  today = "today", update = "update inbox -o lists", explain = false, figures = false, returns = false,
  record = "record ADA absence-callback --outcome spoke --by Sam",
  ["record-school"] = "record-school attendance-policy --set version=1 --set published_on=2025-09-01 --by Sam",
  bypass = "bypass BEN absence-callback --note ill --by Sam",
  ["not-now"] = "not-now BEN pupil-check-in --note soon --by Sam",
  hold = "hold BEN --until 2025-12-01 --ask Sam --by Sam", correct = "correct ADA ENTRY --why wrong --by Sam",
  join = "join ADA CAL --yes --by Sam",
  audience = "audience ADA ENTRY --for referral --why asked --by Sam", attach = "attach ADA paper.pdf --by Sam",
  letter = "letter ADA call-back-form -o made --despite asked --by Sam", outbox = false,
  pupil = false, chronology = "chronology ADA -o ada-chronology.html",
  referral = "referral ADA --parent mother -o pack --incomplete --by Sam", sql = false, run = false, repl = false,
  plugin = "plugin new meadow", check = false, backup = "backup copy", restore = "restore first new-too",
  help = false,
}

local w

setup(function()
  w = workspace.new { files = { ["pupils.csv"] = PUPILS, ["paper.pdf"] = "%PDF- a paper",
    ["contacts.csv"] = "upn,title,forename,surname,relationship,parental_responsibility,lives_with,priority\n"
      .. "ADA,Mrs,Anna,Byron,mother,1,1,1\n",
    ["marks.csv"] = workspace.registers { ADA = { ["2025-09-08"] = "N N" }, BEN = { ["2025-09-08"] = "N N" } },
    ["more.csv"] = workspace.registers { ADA = { ["2025-09-05"] = "O O" } } } }
  for _, kind in ipairs { "pupils", "contacts", "marks" } do w:ok(("%simport %s %s.csv"):format(now, kind, kind)) end
  w:ok(now .. "suggest")
  w:ok(now .. "backup first")
  assert(os.execute(("mkdir '%s/inbox'"):format(w.top)))
end)

teardown(function() w:remove() end)

-- Run a command whose output goes there. -> exit status, what it says
local function run(call, where)
  local _, _, status = os.execute(("cd '%s' && '%s' -C w %s%s %s 2>err </dev/null"):format(w.top, workspace.program(),
    now, call, where))
  return status, workspace.read(w.top .. "/err")
end

-- Ada's last entry.
local function entry()
  return w:json([[sql "SELECT max(v.id) AS n FROM event v JOIN entry e ON e.event = v.id JOIN pupil p ON p.id = v.pupil
    WHERE p.upn = 'ADA' AND e.body IS NOT NULL"]])[1].n
end

it("a command that changed something and could not show it ends with 3, and says that it is kept", function()
  local names = {}
  for name in w:ok("--help"):match "Commands:(\n.*)$":gmatch "\n   ([%l-]+) " do names[#names + 1] = name end
  assert.is_true(#names >= 30, table.concat(names, " "))
  for _, name in ipairs { "record", "attach" } do w:ok(now .. calls[name]) end
  for _, name in ipairs(names) do
    local call = calls[name]
    assert.is_true(call ~= nil, "which call of this command changes something? " .. name)
    if call then
      local n = call:find "ENTRY" and entry()
      local status, err = run(call:gsub("ENTRY", tostring(n)), ">/dev/full")
      assert.equal(3, status, call .. ": " .. err)
      assert.is_truthy(err:find("waymark: it is done, and what it changed is kept; but cannot write the output",
        1, true), call .. ": " .. err)
    end
  end
end)

it("so does one without a standard output, and nothing that is printed ends in a file of ours", function()
  local before = w:json('sql "SELECT count(*) AS n FROM entry"')[1].n
  local status, err = run("record BEN pupil-check-in --outcome spoke --by Sam", ">&-")
  assert.equal(3, status)
  assert.is_truthy(err:find("it is done", 1, true), err)
  assert.equal(before + 1, w:json('sql "SELECT count(*) AS n FROM entry"')[1].n)
  w:ok "check"
end)

it("one that changed nothing could not be done", function()
  w:ok(now .. "today --format csv")
  for _, call in ipairs { "figures", "record BEN pupil-check-in --outcome spoke --by Sam --dry-run", "today" } do
    local status, err = run(call, ">/dev/full")
    assert.equal(1, status, call .. ": " .. err)
    assert.is_truthy(err:find "waymark: cannot write the output; is the disk full%?\n$", err)
  end
end)

it("whatever fails when a command has changed something is said after that", function()
  local before, shown = w:json('sql "SELECT count(*) AS n FROM entry"')[1].n, _G.print
  finally(function() _G.print = shown end)
  _G.print = function() error("not enough memory", 0) end
  local arguments = { "-C", w.dir }
  for word in (now .. "record ADA pupil-check-in --outcome spoke --by Sam"):gmatch "%S+" do
    arguments[#arguments + 1] = word
  end
  assert.equal(3, cli(arguments, workspace.build()))
  _G.print = shown
  assert.equal(before + 1, w:json('sql "SELECT count(*) AS n FROM entry"')[1].n)
end)
