-- workspace: a throw-away workspace, made and asked through the command line, as
-- a user would.
--
--   local w = workspace.new { settings = TEXT, files = { ["pupils.csv"] = TEXT } }
--   w:ok "import pupils pupils.csv"            -> output; fails the spec otherwise
--   local r = w:run "suggest --format json"    -> { status, out, err }
--   w:json "explain Ada absence-callback"      -> decoded output
--   w:remove()
--
-- A command is a process of its own; most are forked from one program that has read its Lua
-- already (fork_server.lua). Those with more of the shell in them than quotes are started anew,
-- as all are with EXEC=1.
--
-- registers(t): the text of marks.csv from { UPN = { ["2025-09-08"] = "N N" } };
-- a day is two codes, AM and PM, with a space between ("-" for no mark).

local folder = require "tests.support.folder"
local core = require "waymark.core"
local lfs = require "lfs"

local workspace = {}
workspace.__index = workspace

local build = os.getenv "WAYMARK_BUILD" or "build"
local template = os.getenv "WAYMARK_TEMPLATE" -- see template.lua

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read "a"
  file:close()
  return text
end
workspace.read = read

function workspace.write(path, text)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
end

-- One school in Essex with the calendar of DESIGN §6.
workspace.essex = [[
school { name = "Oakfield Primary School", laestab = "881/2345", phase = "primary" }
year "2025-26" {
  term { "2025-09-01", "2025-12-19", half_term = { "2025-10-27", "2025-10-31" } },
  term { "2026-01-05", "2026-03-27", half_term = { "2026-02-16", "2026-02-20" } },
  term { "2026-04-13", "2026-07-20", half_term = { "2026-05-25", "2026-05-29" } },
  inset { "2025-09-01", "2025-10-24", "2025-11-03", "2026-05-01", "2026-07-20" },
  closed { "2026-05-04" },
}
use "england"
use "essex"
]]

function workspace.new(what)
  local self = setmetatable({ top = folder.new() }, workspace)
  self.dir = self.top .. "/w"
  if template then
    assert(os.execute(("cp -Rp '%s' '%s'"):format(template, self.dir)))
  else
    self:ok("init " .. self.dir)
  end
  workspace.write(self.dir .. "/waymark.lua", what.settings or workspace.essex)
  for name, text in pairs(what.files or {}) do self:file(name, text) end
  return self
end

function workspace:remove() folder.remove(self.top) end

-- Put a file beside the workspace; -> its path
function workspace:file(name, text)
  local path = self.top .. "/" .. name
  local above = path:match "^(.*)/"
  if lfs.attributes(above, "mode") ~= "directory" then os.execute(("mkdir -p '%s'"):format(above)) end
  workspace.write(path, text)
  return path
end

-- The words of a command line, as a shell would split it; nil when it would do more than that.
local function words(line)
  local list, at = {}, 1
  while true do
    at = line:find("%S", at)
    if not at then return list end
    local word = ""
    while at <= #line and not line:find("^%s", at) do
      local part, after = line:match("^'([^']*)'()", at)
      if not part then part, after = line:match('^"([^"$`\\]*)"()', at) end
      if not part then part, after = line:match("^([^%s'\"$`\\|&;<>()*?%[#~!{}\n]+)()", at) end
      if not part then return nil end
      word, at = word .. part, after
    end
    list[#list + 1] = word
  end
end

local server -- of fork_server.lua: { requests, answers }

-- The pipe of the fork server that run.sh started; nil when each command is started anew.
local forks = os.getenv "WAYMARK_FORKS"

local function find_server()
  local dir = folder.new()
  assert(os.execute(("mkfifo '%s/requests' '%s/answers'"):format(dir, dir)))
  local folders <close> = assert(io.open(forks, "a"))
  folders:write(dir, "\n")
  folders:flush()
  server = { requests = assert(io.open(dir .. "/requests", "w")), answers = assert(io.open(dir .. "/answers", "r")) }
  folder.remove(dir)
end

local function forked(...)
  if not server then find_server() end
  server.requests:write(select("#", ...), "\n", table.concat({ ... }, "\0"), "\0")
  server.requests:flush()
  return assert(math.tointeger(server.answers:read "n"), "the fork server is gone")
end

-- Run a command line; names of files are those beside the workspace. In the
-- folder above it, so that relative paths work; `environment` are words of sh before it.
function workspace:run(line, environment)
  local out, err = self.top .. "/.out", self.top .. "/.err"
  local arguments, status = forks and not environment and words(line)
  if arguments then
    status = forked(self.top, out, err, "-C", self.dir, table.unpack(arguments))
  else
    status = select(3, os.execute(("cd '%s' && %s '%s' -C '%s' %s >'%s' 2>'%s' </dev/null"):format(self.top,
      environment or "", workspace.program(), self.dir, line, out, err)))
  end
  return { status = status, out = read(out), err = read(err), line = line }
end

-- Schools of the test kit in the process of a spec: their commands are forked, too.
function workspace.fork_kit()
  if not forks then return end
  require("waymark.kit.workspace").run = function(self, list, now)
    local out, err = self.top .. "/out", self.top .. "/err"
    local arguments = now and { "-C", self.dir, "--now", now } or { "-C", self.dir }
    for _, each in ipairs(list) do arguments[#arguments + 1] = tostring(each) end
    return { status = forked(".", out, err, table.unpack(arguments)), out = read(out), err = read(err) }
  end
end

-- The folder of what was built.
local here
function workspace.build()
  if build:sub(1, 1) == "/" then return build end
  if not here then
    local pipe <close> = io.popen "pwd"
    here = pipe:read "l"
  end
  return here .. "/" .. build
end

function workspace.program() return workspace.build() .. "/waymark" end

function workspace:expect(status, line)
  local r = self:run(line)
  if r.status ~= status then
    error(("waymark %s: exit status %s, expected %d\n%s%s"):format(line, r.status, status, r.out, r.err), 2)
  end
  return r
end

function workspace:ok(line) return self:expect(0, line).out end

function workspace:json(line)
  local r = self:run(line .. " --format json")
  if r.status ~= 0 and r.status ~= 3 then error(("waymark %s: %s%s"):format(line, r.out, r.err), 2) end
  local value, message = core.decode(r.out)
  if value == nil then error(message .. "\n" .. r.out, 2) end
  return value
end

-- Rows of a CSV output as tables by column; for outputs without quoted cells.
function workspace:csv(line)
  local rows, columns = {}, {}
  for text in self:ok(line .. " --format csv"):gmatch "[^\n]+" do
    local cells = {}
    for cell in (text .. ","):gmatch "([^,]*)," do cells[#cells + 1] = cell end
    if #columns == 0 then
      columns = cells
    else
      local row = {}
      for i, name in ipairs(columns) do row[name] = cells[i] end
      rows[#rows + 1] = row
    end
  end
  return rows, columns
end

-- "N N" by day and pupil -> marks.csv, days in order
function workspace.registers(by_pupil, school)
  local lines = { (school and "school," or "") .. "upn,date,session,code" }
  local rows = {}
  for upn, days in pairs(by_pupil) do
    for date, codes in pairs(days) do
      local am, pm = codes:match "^(%S+) (%S+)$"
      assert(am, "two codes with a space between: " .. codes)
      for half, code in pairs { AM = am, PM = pm } do
        rows[#rows + 1] = ("%s%s,%s,%s,%s"):format(school and school .. "," or "", upn, date, half, code)
      end
    end
  end
  table.sort(rows)
  for _, row in ipairs(rows) do lines[#lines + 1] = row end
  return table.concat(lines, "\n") .. "\n"
end

-- Days of a period on which nothing happens but school: { [date] = "/ \\" } for
-- every Monday to Friday from first to last, but for `except`.
function workspace.present(first, last, except)
  local days, day = {}, first
  while day <= last do
    if core.date.weekday(day) <= 5 and not (except and except(day)) then days[day] = "/ \\" end
    day = core.date.add(day, 1)
  end
  return days
end

-- Whether the calendar of `essex` is closed on a weekday.
function workspace.closed(date)
  local closed = { ["2025-09-01"] = true, ["2025-10-24"] = true, ["2025-11-03"] = true,
    ["2026-05-01"] = true, ["2026-05-04"] = true, ["2026-07-20"] = true }
  local breaks = { { "2025-10-27", "2025-10-31" }, { "2025-12-20", "2026-01-04" },
    { "2026-02-16", "2026-02-20" }, { "2026-03-28", "2026-04-12" }, { "2026-05-25", "2026-05-29" } }
  if closed[date] or date < "2025-09-01" or date > "2026-07-20" then return true end
  for _, each in ipairs(breaks) do
    if date >= each[1] and date <= each[2] then return true end
  end
  return false
end

-- School days present, with some days changed.
function workspace.with(first, last, changes)
  local days = workspace.present(first, last, workspace.closed)
  for date, codes in pairs(changes) do days[date] = codes end
  return days
end

return workspace
