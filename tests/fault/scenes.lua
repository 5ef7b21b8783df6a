-- scenes: every command of the program with something for it to do, in copies of one workspace.
--
--   scenes.names            those that change something, in an order
--   scenes.readers          those that only read or write files that nobody records
--   scenes.missing()        what the program's help lists and no scene is of
--   scenes.copy() -> w      the workspace; the caller removes it
--   scenes.line(name)       what is called; scenes.options(name): of kill.new
--   scenes.new(name) -> kill object
--
-- A command that is added needs a scene here, or kill_spec fails.

local folder = require "tests.support.folder"
local kill = require "tests.fault.kill"
local lfs = require "lfs"
local workspace = require "tests.support.workspace"

local scenes = { names = {}, readers = {} }

local pupils, now = 24, " --now 2026-03-21T09:00Z"
local later = " --now 2026-03-21T10:00Z"

local function upn_of(i) return ("P%03d"):format(i) end

local function people(forename)
  local lines = { "upn,surname,forename,dob,year,form" }
  for i = 1, pupils do lines[#lines + 1] = ("%s,Moss %d,%s,2015-05-01,5,5A"):format(upn_of(i), i, forename) end
  return table.concat(lines, "\n") .. "\n"
end

-- Marks up to a day: everybody is there but for some, and some without a reason.
local function marks(last, code)
  local by_pupil = {}
  for i = 1, pupils do
    by_pupil[upn_of(i)] = workspace.with("2026-01-05", last, {
      ["2026-01-13"] = i % 3 == 0 and code .. " " .. code or "/ \\", ["2026-02-03"] = i % 5 == 0 and "O O" or "/ \\",
      [last] = i % 4 == 0 and "N N" or "/ \\" })
  end
  return workspace.registers(by_pupil)
end

local function contacts(mother, last)
  local lines = { "upn,title,forename,surname,relationship,parental_responsibility,lives_with,phone" }
  for i = 1, last do
    lines[#lines + 1] = ("%s,Mrs,%s,Moss,mother,yes,yes,01245 555%03d"):format(upn_of(i), mother, i)
    if i % 2 == 0 then lines[#lines + 1] = ("%s,Mr,Carl,Moss,father,yes,no,"):format(upn_of(i)) end
  end
  return table.concat(lines, "\n") .. "\n"
end

local function history()
  local lines = { "upn,date,step,outcome,note" }
  for i = 1, pupils do
    lines[#lines + 1] = ("%s,2026-03-0%d,absence-callback,spoke,A cold"):format(upn_of(i), i % 5 + 2)
  end
  return table.concat(lines, "\n") .. "\n"
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

local called = ' absence-callback --outcome spoke --on 2026-03-20 --note "Has a cold" --by "Sam Reed"'

-- The workspace of all scenes: registers to 20 March, suggestions of 6 March, contacts, a call
-- that was recorded, a list that was filled in, a backup, an inbox.
local function prepare()
  local w = workspace.new { settings = workspace.essex .. 'by "Sam Reed"\n', files = {
    ["pupils.csv"] = people "Ben", ["first.csv"] = marks("2026-03-06", "N"), ["second.csv"] = marks("2026-03-20", "I"),
    ["contacts.csv"] = contacts("Ann", pupils - 4), ["letter.txt"] = ("A letter.\n"):rep(500) } }
  w:ok "import pupils pupils.csv --now 2026-03-06T09:00Z"
  w:ok "import contacts contacts.csv --now 2026-03-06T09:00Z"
  w:ok "import marks first.csv --now 2026-03-06T17:00Z"
  w:ok "suggest --as-of 2026-03-06 --now 2026-03-06T18:00Z"
  w:ok("import marks second.csv" .. now)
  scenes.entry = w:ok("record P008" .. called .. now):match "entry (%d+)"
  w:ok("today -o list.csv --as-of 2026-03-06" .. now)
  w:file("list.csv", fill_in(workspace.read(w.top .. "/list.csv")))
  w:ok("plugin new club --kind step" .. now)
  w:ok("backup copy.backup" .. now)
  w:file("pupils.csv", people "Benjamin")
  w:file("contacts.csv", contacts("Anne", pupils))
  w:file("marks.csv", marks("2026-03-20", "O") .. "NOBODY,2026-03-20,AM,/\n")
  w:file("schools.csv", "school,name\n881/2345,Oakfield School\n")
  w:file("calendar.csv", "date,am,pm\n2026-03-23,0,0\n2026-03-24,0,1\n")
  w:file("entries.csv", history())
  w:file("count.lua", 'print("counted")\n')
  w:file("idea.lua", "return 1\n")
  w:file("inbox/2026-03-20-marks.csv", marks("2026-03-20", "O"))
  assert(os.execute(("touch -d 2026-01-01 '%s'/inbox/*"):format(w.top)))
  return w
end

local base -- a folder with it, or nil
function scenes.copy()
  if not base then
    local w = prepare()
    base = w.top
  end
  local w = setmetatable({ top = folder.new() }, getmetatable(workspace) or { __index = workspace })
  w.dir = w.top .. "/w"
  assert(os.execute(("cp -a '%s'/. '%s'/"):format(base, w.top)))
  return w
end

function scenes.remove()
  if base then folder.remove(base) end
  base = nil
end

-- What is compared -------------------------------------------------------------------

-- An entry that names a file has it, whole.
local function with_files(w)
  local paths = w:ok "sql --format csv \"SELECT json_extract(body, '$.file.path') FROM entry WHERE body LIKE '%file%'\""
  local state = kill.state(w)
  for path in paths:gmatch "documents/[^\n]+" do state = state .. path .. workspace.read(w.dir .. "/" .. path) end
  return state
end

-- Another workspace that the command makes: nothing, or one with all that `check` looks at.
local function other_at(name)
  return function(w)
    local dir = w.top .. "/" .. name
    if not lfs.attributes(dir .. "/waymark.db", "mode") then return "nothing" end
    return kill.state { dir = dir, ok = function(_, line) return w:ok(("-C %s %s"):format(name, line)) end }
  end
end

-- The copy is not there, or a workspace can be made of it.
local function of_copy(w)
  if not lfs.attributes(w.top .. "/new.backup", "mode") then return "nothing" end
  os.execute(("rm -rf '%s/from-it'"):format(w.top))
  w:ok "restore new.backup from-it"
  return kill.state(w) .. " and a copy"
end

local function away(...)
  local names = table.concat({ ... }, " ")
  return function(w) os.execute(("cd '%s' && rm -rf %s"):format(w.top, names)) end
end

-- The scenes --------------------------------------------------------------------------

local all = {}

-- options: those of kill.new, and `more(w)`, which makes what only this one needs; `slow`: of so many rounds one
-- is enough, and none beside others.
local function changes(name, line, options)
  scenes.names[#scenes.names + 1], all[name] = name, { line = line .. now, options = options or {} }
end
local function reads(name, line, options)
  scenes.readers[#scenes.readers + 1], all[name] = name, { line = line .. now, options = options or {} }
end
local once = { repeatable = false }

changes("init", "init fresh", { repeatable = false, state = other_at "fresh" })
changes("import schools", "import schools schools.csv")
changes("import removed-schools", "import removed-schools wrong.csv", { repeatable = false, more = function(w)
  w:file("wrong.csv", "school,name\n881/7777,Elsewhere\n")
  w:ok("import schools wrong.csv" .. now)
end })
changes("import pupils", "import pupils pupils.csv --yes") -- all names change
changes("import calendar", "import calendar calendar.csv")
changes("import marks", "import marks marks.csv")
changes("import contacts", "import contacts contacts.csv --yes")
changes("import entries", "import entries entries.csv")
changes("import actions", "import actions list.csv")
changes("import --undo", "import --undo 4", once)
changes("import --undo pupils", "import --undo 1", { repeatable = false, more = function(w)
  w:ok(("correct P008 %s --why 'Another child'"):format(scenes.entry) .. now)
  for i = 4, 2, -1 do w:ok(("import --undo %d"):format(i) .. now) end
end })
changes("suggest", "suggest --as-of 2026-03-20")
changes("suggest --undo", 'suggest --undo 1 --why "Too early"', once)
changes("today", "today --as-of 2026-03-20")
changes("record", "record P012" .. called, once)
changes("record plan", "record P012 attendance-contract --on 2026-03-20 --despite agreed --set parties=mother"
  .. " --set 'actions=be there at half past eight; Mrs Moss; 2026-04-20' --set review_dates=2026-04-20", once)
changes("record-school", "record-school attendance-policy --on 2026-03-20 --set version=3 --outcome published", once)
changes("bypass", "bypass P012 absence-callback --reason illness", once)
changes("not-now", "not-now P016 absence-callback --reason illness", once)
changes("hold", "hold P012 --until 2026-04-30 --ask 'Jo Marsh'", once)
changes("correct", 'correct P008 ENTRY --why "Another child"', once)
changes("join", "join P012 P016 --yes --why 'The same child'", once)
changes("audience", 'audience P008 ENTRY --for family --why "They asked"', once)
changes("attach", "attach P012 letter.txt --as letter", { repeatable = false, state = with_files })
changes("letter", "letter P012 initial-concern-letter --parent mother -o out/", { repeatable = false,
  state = with_files })
changes("referral", "referral P012 --parent mother -o papers --incomplete", { repeatable = false, state = with_files,
  clear = away "papers" })
local pdf = os.execute "command -v weasyprint >/dev/null" and " --pdf" or "" -- the program for it is not everywhere
changes("letter --pdf", "letter P012 initial-concern-letter --parent mother -o out/" .. pdf, { repeatable = false,
  state = with_files, slow = 1 })
changes("referral --pdf", "referral P012 --parent mother -o papers --incomplete" .. pdf, { repeatable = false,
  state = with_files, clear = away "papers", slow = 5 })
changes("update", "update inbox -o lists", { steps = true })
changes("outbox write", "outbox write", { steps = true, more = function(w)
  local settings = workspace.read(w.dir .. "/waymark.lua")
  workspace.write(w.dir .. "/waymark.lua", settings
    .. 'use "callbacks"\nstaff { attendance_officer = "Sam Reed <sam@example.org>" }\n')
  assert(os.execute(("mkdir -p '%s/documents' && touch '%s/documents/outbox'"):format(w.dir, w.dir)))
  w:run("suggest --as-of 2026-03-20" .. now) -- a file lies in the way: they wait
  os.remove(w.dir .. "/documents/outbox")
end })
changes("backup", "backup new.backup", { repeatable = false, state = of_copy })
changes("restore", "restore copy.backup again", { repeatable = false, state = other_at "again", clear = away "again" })
reads("plugin enable", "plugin enable essex") -- of which there is nothing to enable

reads("calendar", "calendar show")
reads("import list", "import list")
reads("import show", "import show 1")
reads("explain", "explain P012 absence-callback")
reads("pupil", "pupil P012")
reads("chronology", "chronology P008 --for family --parent mother --format html -o chronology.html")
reads("figures", "figures --format csv")
reads("returns", "returns --from 2026-03-01 --to 2026-03-20 -o returns")
reads("sql", 'sql "SELECT count(*) FROM mark"')
reads("run", "run count.lua")
reads("repl", "repl")
reads("import describe", "import describe marks.csv")
reads("check", "check")
reads("help", "help pupil:rolling")
reads("outbox list", "outbox list")
reads("outbox show", "outbox show 1")
reads("plugin list", "plugin list")
reads("plugin info", "plugin info essex")
reads("plugin options", "plugin options essex")
reads("plugin diff", "plugin diff essex")
reads("plugin new", "plugin new chess --kind step")
reads("plugin check", "plugin check club")
reads("plugin test", "plugin test club")
reads("plugin try", "plugin try idea.lua")
reads("plugin jail", "plugin jail")

function scenes.line(name) return (all[name].line:gsub("ENTRY", scenes.entry)) end
function scenes.options(name) return all[name].options end
function scenes.later(name) return (scenes.line(name):gsub(now, later, 1)) end

-- The workspace of a scene.
function scenes.workspace(name)
  local w = scenes.copy()
  if all[name].options.more then all[name].options.more(w) end
  return w
end

function scenes.new(name) return kill.new(scenes.workspace(name), scenes.line(name), all[name].options) end

-- The commands that a help text lists.
local function listed(words)
  local pipe <close> = assert(io.popen(("'%s' %s --help"):format(workspace.program(), words)))
  local help, names = pipe:read "a", {}
  for name in (help:match "\nCommands:\n(.-)\n\n" or help:match "\nCommands:\n(.*)$" or ""):gmatch
    "%f[^\n%z]   (%l[%l-]*) " do names[#names + 1] = name end
  return names
end

function scenes.missing()
  local missing, within = {}, { plugin = true, outbox = true, import = true }
  local function need(name)
    if not all[name] then missing[#missing + 1] = name end
  end
  for _, name in ipairs(listed "") do
    if within[name] then
      for _, inner in ipairs(listed(name)) do need(name .. " " .. inner) end
    else
      need(name)
    end
  end
  return missing
end

return scenes
