-- commands: the commands that must come through a kill and a full disk, each
-- with a workspace in which it has much to do.
--
--   ROUNDS=100 lua5.4 tests/fault/commands.lua [NAME …]     (make fault)
--   require "tests.fault.commands"  -> { names = list, new = function(name) -> kill object | nil }
--
-- A name whose command this program does not have yet is passed over.

local kill = require "tests.fault.kill"
local lfs = require "lfs"
local workspace = require "tests.support.workspace"

local commands = { names = { "init", "import pupils", "import calendar", "import marks", "suggest", "suggest --undo",
  "today", "record", "bypass", "not-now", "hold", "correct", "audience", "attach", "import actions", "import entries",
  "update", "import contacts", "record plan", "record-school", "letter", "referral", "outbox write", "backup",
  "restore" } }

-- What the program has besides and changes no workspace, or only files that plugins' authors write.
commands.others = { "calendar", "explain", "pupil", "chronology", "figures", "returns", "sql", "run", "repl", "plugin",
  "check", "help" }

local pupils, now = 24, " --now 2026-03-21T09:00Z"

local function upn_of(i) return ("P%03d"):format(i) end

local function people()
  local lines = { "upn,surname,forename,dob,year,form" }
  for i = 1, pupils do lines[#lines + 1] = ("%s,Moss %d,Ben,2015-05-01,5,5A"):format(upn_of(i), i) end
  return table.concat(lines, "\n") .. "\n"
end

-- Marks up to a day: everybody is there but for `away`, and some without a reason.
local function marks(last, code)
  local by_pupil = {}
  for i = 1, pupils do
    by_pupil[upn_of(i)] = workspace.with("2026-01-05", last, {
      ["2026-01-13"] = i % 3 == 0 and code .. " " .. code or "/ \\", ["2026-02-03"] = i % 5 == 0 and "O O" or "/ \\",
      [last] = i % 4 == 0 and "N N" or "/ \\" })
  end
  return workspace.registers(by_pupil)
end

-- A school with registers up to 6 March, and a file of marks to 20 March.
local function school()
  local w = workspace.new { files = { ["pupils.csv"] = people(), ["first.csv"] = marks("2026-03-06", "N"),
    ["marks.csv"] = marks("2026-03-20", "I") .. "NOBODY,2026-03-20,AM,/\n",
    ["letter.txt"] = ("A letter.\n"):rep(500) } }
  w:ok "import pupils pupils.csv --now 2026-03-06T09:00Z"
  w:ok "import marks first.csv --now 2026-03-06T17:00Z"
  w:ok "suggest --as-of 2026-03-06 --now 2026-03-06T18:00Z"
  return w
end

-- The same, with the marks of 20 March and what is suggested then.
local function later()
  local w = school()
  w:expect(3, "import marks marks.csv" .. now)
  w:ok("suggest --as-of 2026-03-20" .. now)
  return w
end

local called = 'record P012 absence-callback --outcome spoke --on 2026-03-20 --note "Has a cold" --by "Sam Reed"' .. now

local make = {}

-- An entry that names a file has it, whole.
local function state_with_files(w)
  local paths = w:ok "sql --format csv \"SELECT json_extract(body, '$.file.path') FROM entry WHERE body LIKE '%file%'\""
  local state = kill.state(w)
  for path in paths:gmatch "documents/[^\n]+" do state = state .. path .. workspace.read(w.dir .. "/" .. path) end
  return state
end

-- A workspace, with all that `check` looks at, or nothing of which a command would say that it
-- is one: then `init` again must make it.
local function state_of_new(w)
  if not lfs.attributes(w.dir .. "/waymark.db", "mode") then return "nothing" end
  return state_with_files(w) .. workspace.read(w.dir .. "/waymark.lua")
end

function make.init()
  local w = workspace.new {}
  assert(os.execute(("rm -rf '%s' && mkdir '%s'"):format(w.dir, w.dir)))
  return kill.new(w, "init", { repeatable = false, state = state_of_new })
end

make["import marks"] = function() return kill.new(school(), "import marks marks.csv" .. now) end

make["import pupils"] = function()
  local w = school()
  w:file("pupils.csv", people():gsub("Ben", "Benjamin"))
  return kill.new(w, "import pupils pupils.csv" .. now)
end

make["import calendar"] = function()
  local w = school()
  w:file("calendar.csv", "date,am,pm\n2026-03-23,0,0\n2026-03-24,0,1\n")
  return kill.new(w, "import calendar calendar.csv" .. now)
end

make["suggest --undo"] = function()
  local w = later()
  local run = w:ok "sql --format csv \"SELECT max(id) FROM run\"":match "\n(%d+)"
  return kill.new(w, ('suggest --undo %s --why "Too early"'):format(run) .. now, { repeatable = false })
end

make.today = function() return kill.new(later(), "today --as-of 2026-03-20" .. now) end

function make.suggest()
  local w = school()
  w:expect(3, "import marks marks.csv" .. now)
  return kill.new(w, "suggest --as-of 2026-03-20" .. now)
end

function make.record() return kill.new(later(), called, { repeatable = false }) end

-- What is answered, put off or left out, or not to be sent.
for name, line in pairs { bypass = "bypass P012 absence-callback --reason illness",
  ["not-now"] = "not-now P012 absence-callback --reason illness",
  hold = "hold P012 --until 2026-04-30 --ask 'Jo Marsh'" } do
  make[name] = function() return kill.new(later(), line .. now, { repeatable = false }) end
end

function make.audience()
  local w = later()
  local entry = w:ok(called):match "entry (%d+)"
  return kill.new(w, ('audience P012 %s --for family --why "They asked"'):format(entry) .. now, { repeatable = false })
end

function make.correct()
  local w = later()
  local entry = w:ok(called):match "entry (%d+)"
  return kill.new(w, ('correct P012 %s --why "Another child"'):format(entry) .. now, { repeatable = false })
end

function make.attach()
  local options = { repeatable = false, state = state_with_files }
  return kill.new(later(), "attach P012 letter.txt --as letter" .. now, options)
end

-- The contacts as they are in a file: a name is changed, somebody is gone, somebody is new.
local function contacts(mother, last)
  local lines = { "upn,title,forename,surname,relationship,parental_responsibility,lives_with,phone" }
  for i = 1, last do
    lines[#lines + 1] = ("%s,Mrs,%s,Moss,mother,yes,yes,01245 555%03d"):format(upn_of(i), mother, i)
    if i % 2 == 0 then lines[#lines + 1] = ("%s,Mr,Carl,Moss,father,yes,no,"):format(upn_of(i)) end
  end
  return table.concat(lines, "\n") .. "\n"
end

local function with_contacts()
  local w = later()
  w:file("contacts.csv", contacts("Ann", pupils - 4))
  w:ok("import contacts contacts.csv" .. now)
  w:file("contacts.csv", contacts("Anne", pupils))
  return w
end

make["import contacts"] = function() return kill.new(with_contacts(), "import contacts contacts.csv" .. now) end

local contract = "record P012 attendance-contract --on 2026-03-20 --despite agreed --by Sam --set parties=mother"
  .. " --set 'actions=be there at half past eight; Mrs Moss; 2026-04-20' --set review_dates=2026-04-20"

make["record plan"] = function()
  local w = with_contacts()
  return kill.new(w, contract .. now, { repeatable = false })
end

make["record-school"] = function()
  local line = "record-school attendance-policy --on 2026-03-20 --set version=3 --outcome published"
  return kill.new(later(), line .. now, { repeatable = false })
end

-- With a PDF, where the program for it is installed.
function make.letter()
  local pdf = os.execute "command -v weasyprint >/dev/null" and " --pdf" or ""
  local options = { repeatable = false, state = state_with_files }
  return kill.new(with_contacts(), "letter P012 initial-concern-letter --parent mother -o out" .. pdf .. now, options)
end

function make.referral()
  -- The pack has its name when it is whole, and is recorded then: it may be there and not recorded.
  local function clear(w) os.execute(("rm -rf '%s/papers'"):format(w.top)) end
  local line = "referral P012 --parent mother -o papers --incomplete"
  return kill.new(with_contacts(), line .. now, { repeatable = false, state = state_with_files, clear = clear })
end

-- A message for each call that is suggested, which the program writes after the command.
make["outbox write"] = function()
  local w = school()
  local file <close> = assert(io.open(w.dir .. "/waymark.lua", "a"))
  file:write('use "callbacks"\nstaff { attendance_officer = "Sam Reed <sam@example.org>" }\n')
  file:close()
  w:expect(3, "import marks marks.csv" .. now)
  assert(os.execute(("mkdir -p '%s/documents' && touch '%s/documents/outbox'"):format(w.dir, w.dir)))
  w:run("suggest --as-of 2026-03-20" .. now) -- a file lies in the way: they wait
  os.remove(w.dir .. "/documents/outbox")
  return kill.new(w, "outbox write" .. now, { steps = true })
end

-- The copy is not there, or a workspace can be made of it.
local function state_of_copy(w)
  if not lfs.attributes(w.top .. "/copy.backup", "mode") then return "nothing" end
  os.execute(("rm -rf '%s/again'"):format(w.top))
  w:ok "restore copy.backup again"
  return kill.state(w) .. " and a copy"
end

function make.backup()
  return kill.new(later(), "backup copy.backup" .. now, { repeatable = false, state = state_of_copy })
end

local function state_of_restored(w)
  if not lfs.attributes(w.top .. "/again/waymark.db", "mode") then return "nothing" end
  return kill.state { dir = w.top .. "/again", ok = function(_, line) return w:ok("-C again " .. line) end }
end

function make.restore()
  local w = later()
  w:ok "backup copy.backup"
  -- The database comes last: a folder with one is a workspace, and is not taken again.
  local function clear() os.execute(("rm -rf '%s/again'"):format(w.top)) end
  return kill.new(w, "restore copy.backup again" .. now,
    { repeatable = false, state = state_of_restored, clear = clear })
end

-- The cells of a line, with their quotes.
local function split(line)
  local cells, rest = {}, line .. ","
  while rest ~= "" do
    local cell, after = rest:match '^("[^"]*"),(.*)$'
    if not cell then cell, after = rest:match "^([^,]*),(.*)$" end
    cells[#cells + 1], rest = cell, after
  end
  return cells
end

-- Fill in the first rows of a list, as an officer would.
local function fill_in(text)
  local lines, columns = {}, nil
  for line in text:gmatch "[^\n]+" do
    local cells = split(line)
    if columns and #lines < 8 then
      for i, name in ipairs(columns) do
        if name == "done on" then cells[i] = "2026-03-20" end
        if name == "outcome" then cells[i] = "not now" end
        if name == "note" then cells[i] = "filled in" end
      end
    end
    columns = columns or cells
    lines[#lines + 1] = table.concat(cells, ",")
  end
  return table.concat(lines, "\n") .. "\n"
end

make["import actions"] = function()
  local w = later()
  w:ok("today -o list.csv --as-of 2026-03-20" .. now)
  w:file("list.csv", fill_in(workspace.read(w.top .. "/list.csv")))
  return kill.new(w, "import actions list.csv" .. now)
end

make["import entries"] = function()
  local lines = { "upn,date,step,outcome,note" }
  for i = 1, pupils do
    lines[#lines + 1] = ("%s,2026-03-0%d,absence-callback,spoke,A cold"):format(upn_of(i), i % 5 + 2)
  end
  local w = school()
  w:file("entries.csv", table.concat(lines, "\n") .. "\n")
  return kill.new(w, "import entries entries.csv" .. now)
end

function make.update()
  local w = school()
  os.execute(("mkdir -p '%s/inbox' && mv '%s/marks.csv' '%s/inbox/'"):format(w.top, w.top, w.top))
  return kill.new(w, "update inbox -o out" .. now, { steps = true })
end

-- What the program's help lists, and the kinds that `import` takes.
local function is_there(name)
  local pipe = assert(io.popen(("'%s' --help"):format(workspace.program())))
  local help = pipe:read "a"
  pipe:close()
  if name == "import actions" then return help:find("\n   today", 1, true) ~= nil end
  return help:find("\n   " .. name:match "^%S+", 1, true) ~= nil
end

function commands.new(name) return is_there(name) and make[name]() or nil end

if ... == "tests.fault.commands" then return commands end

local function rounds_of(c, name, rounds)
  local killed = c:killed(rounds)
  print(("%s, %d writes. Killed %d times: %d left nothing, %d were whole."):format(name, c.writes, rounds,
    killed.before, killed.after))
  if c.steps then return end -- it goes on without what the disk had no room for, and says so
  local full, limited = c:full(rounds), c:limited(math.min(rounds, 20))
  print(("  Disk full %d times: %d refused, %d done. Files limited %d times: %d refused, %d done."):format(full.rounds,
    full.refused, full.done, limited.rounds, limited.refused, limited.done))
end

for _, name in ipairs(#arg > 0 and arg or commands.names) do
  local c = commands.new(name)
  if c then
    local ok, message = pcall(rounds_of, c, name, tonumber(os.getenv "ROUNDS") or 100)
    c:remove()
    if not ok then
      io.stderr:write(message, "\n")
      os.exit(1, true)
    end
  else
    print(name .. ": not in this program")
  end
end
