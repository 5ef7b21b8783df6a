-- live.lua: lives the case that case.txt tells, with the program in build/ (or BUILD).
--
--   lua5.4 examples/one-pupil/live.lua examples/one-pupil/case.txt OUT
--
-- The files of the school lie beside the story; the case is that of the first pupil in pupils.csv.
-- A line of the story is a chapter (#), the clock (@ DAY TIME), a command ($), one that
-- has to fail (!), what the output has to say (>), or words for people. A line that begins
-- with two spaces goes on with the one before. When the clock moves, the registers come in up
-- to then, from register.txt.
--
-- 1. OUT is made, must not be there before, and nothing is written elsewhere.
-- 2. The first line that is not as it says ends it: Lua's error names the line.
-- 3. No clock is read: the same story gives the same workspace.
--
--   live.chapters(path)     -> { { title, { kind, mark, text, line }, … }, … }
--   live.begin(out, say, folder)   -> a life: its workspace is OUT/school, commands run in OUT;
--                           folder: of the school's files, else that of this file
--   life:chapter(chapter)

local live = {}
live.__index = live

local here = debug.getinfo(1, "S").source:match "^@(.*)/[^/]*$" or "."

-- Reading --------------------------------------------------------------------------------------

local kinds = { ["#"] = "chapter", ["@"] = "clock", ["$"] = "command", ["!"] = "fails", [">"] = "says" }

function live.chapters(path)
  local chapters, last, number = {}, nil, 0
  for line in io.lines(path) do
    number = number + 1
    local mark, text = line:match "^([#@$!>]) (.*)$"
    local kind = kinds[mark] or "words"
    if kind == "chapter" then
      chapters[#chapters + 1] = { title = text }
    elseif line:find "^  %S" and last then
      last.text = last.text .. "\n" .. line
    elseif #chapters > 0 then
      last = { kind = kind, mark = mark and mark .. " " or "", text = text or line, line = number }
      table.insert(chapters[#chapters], last)
    end
  end
  return chapters
end

local function day_after(monday, n)
  local year, month, day = monday:match "^(%d+)-(%d+)-(%d+)$"
  return os.date("%Y-%m-%d", os.time { year = year, month = month, day = day + n, hour = 12 })
end

-- register.txt: who was not simply present, as { date, who, known, pair }. A row is a Monday, who,
-- and the two marks of each day; "from DAY": what follows is known from that day.
local function read_register(path)
  local rows, known = {}, ""
  for line in io.lines(path) do
    known = line:match "^from ([%d-]+)" or known
    local monday, who, marks = line:match "^(%d%d%d%d%-%d%d%-%d%d)%s+(%a+)%s+(.*)$"
    local n = 0
    for pair in (marks or ""):gmatch "%S+" do
      rows[#rows + 1] = { date = day_after(monday, n), who = who, known = known, pair = pair }
      n = n + 1
    end
  end
  return rows
end

local function read_pupils(path)
  local pupils = {}
  for line in io.lines(path) do
    local upn, surname, forename = line:match "^(%u%d+),([^,]*),([^,]*)"
    if upn then pupils[#pupils + 1] = { upn = upn, forename = forename, name = forename .. " " .. surname } end
  end
  return pupils
end

-- The shell ------------------------------------------------------------------------------------

local function quoted(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

local function absolute(path)
  local pipe <close> = assert(io.popen "pwd")
  return path:sub(1, 1) == "/" and path or pipe:read "l" .. "/" .. path
end

-- `waymark` in the story is the program, in the workspace, at the story's time; `page FILE` is a
-- page as a person reads it, without its tags; `entry TITLE` is the number of the pupil's entry.
local shell = [[cd %s && { waymark() { %s -C school %s "$@"; }
page() { sed -e '/<style>/,/<\/style>/d' -e 's/<[^>]*>/ /g' "$@"; }
entry() { waymark chronology %s --format csv | grep -F "$1" | tail -n 1 | cut -d, -f2; }
%s
} 2>&1 </dev/null]]

-- -> what it printed, its exit status
function live:run(command)
  local line, whose = command:gsub("\n", " "), quoted(self.pupils[1].name)
  local pipe = assert(io.popen(shell:format(quoted(self.out), quoted(self.program), self.now, whose, line)))
  local text = pipe:read "a"
  local _, _, status = pipe:close()
  return text, status
end

local function try(life, step, first, second)
  local status
  life.text, status = life:run(step.text)
  life.say(life.text)
  assert(status == first or status == second, ("it ended with exit status %s:\n%s"):format(status, life.text))
end

-- The registers ----------------------------------------------------------------------------------

local function school_days(life)
  local days = {}
  for day, open in life:run("waymark calendar show --format csv"):gmatch ",(%d[%d-]+),(%d),%d" do
    if open == "1" then days[#days + 1] = day end
  end
  return days
end

-- The two marks of a pupil's day, as they are known on a day.
function live:marks(pupil, date, known)
  local pair = "//"
  for _, row in ipairs(self.register) do
    if row.who == pupil.forename and row.date == date and row.known <= known then pair = row.pair end
  end
  return pair:sub(1, 1), (pair:sub(2):gsub("/", "\\"))
end

-- What is new or marked otherwise since the last time, as rows of marks.csv.
function live:new_marks(date, time)
  local rows = {}
  for _, day in ipairs(self.days) do
    if day > date or day == date and time < "12:00" then break end
    for _, pupil in ipairs(self.pupils) do
      local morning, afternoon = self:marks(pupil, day, date)
      local key, value = pupil.upn .. "," .. day, morning .. afternoon
      if self.sent[key] ~= value then
        self.sent[key] = value
        rows[#rows + 1] = ("%s,AM,%s\n%s,PM,%s\n"):format(key, morning, key, afternoon)
      end
    end
  end
  return table.concat(rows)
end

function live:clock(step)
  local date, time = step.text:match "^(%d%d%d%d%-%d%d%-%d%d) (%d%d:%d%d)$"
  assert(date, "the clock is DAY TIME, such as 2025-09-09 16:00")
  self.now = "--now " .. date .. "T" .. time
  local rows = self:new_marks(date, time)
  if rows == "" then return end
  local file = assert(io.open(self.out .. "/marks.csv", "wb"))
  assert(file:write("upn,date,session,code\n", rows) and file:close())
  try(self, { text = "waymark import marks marks.csv" }, 0)
end

-- The story ----------------------------------------------------------------------------------------

function live:command(step) try(self, step, 0, 3) end

function live:fails(step) try(self, step, 1) end

function live.words() end

function live:says(step)
  local text, wanted = self.text:gsub("%s+", " "), step.text:gsub("%s+", " ")
  assert(text:find(wanted, 1, true), ("the output does not say so:\n%s"):format(self.text))
end

function live:chapter(chapter)
  self.say(("\n%s\n\n"):format(chapter.title))
  for _, step in ipairs(chapter) do
    if step.kind ~= "says" then self.say(step.mark .. step.text .. "\n") end
    local ok, message = pcall(self[step.kind], self, step)
    if not ok then error(("case.txt:%d: %s\n%s"):format(step.line, step.text, message), 0) end
  end
end

function live.begin(out, say, folder)
  folder = folder or here
  local program = absolute(os.getenv "BUILD" or os.getenv "WAYMARK_BUILD" or "build") .. "/waymark"
  local life = setmetatable({ out = absolute(out), program = program, now = "", sent = {} }, live)
  life.say = say or live.words
  local make = [[from=%s && mkdir %s && cd %s && %s init school >/dev/null && cp "$from"/*.csv . &&
    cp "$from"/waymark.lua school]]
  local top = quoted(life.out)
  assert(os.execute(make:format(quoted(absolute(folder)), top, top, quoted(program))),
    "the workspace could not be made in " .. out)
  life.register, life.pupils = read_register(folder .. "/register.txt"), read_pupils(folder .. "/pupils.csv")
  life.days = school_days(life)
  return life
end

local function main(case, out)
  if not out then error("usage: lua5.4 live.lua CASE OUT", 0) end
  local life = live.begin(out, io.write, case:match "^(.*)/[^/]*$" or ".")
  for _, chapter in ipairs(live.chapters(case)) do life:chapter(chapter) end
end

if not (arg and arg[0] and arg[0]:find "one%-pupil/live%.lua$") then return live end
local ok, message = pcall(main, arg[1], arg[2])
if not ok then io.stderr:write(tostring(message), "\n") end
os.exit(ok)
