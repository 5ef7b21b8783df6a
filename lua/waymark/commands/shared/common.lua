-- commands/shared/common: options that several commands share, and how they are read.

local bounds = require "waymark.base.bounds"
local core = require "waymark.core"
local files = require "waymark.base.files"
local problem = require "waymark.base.problem"
local terminal = require "waymark.base.terminal"
local workspace = require "waymark.workspace"

local common = {}

function common.format(parser)
  parser:option("--format", "table (to read), csv or json (for other programs)."):choices { "table", "csv", "json" }
    :default "table"
end

-- For argparse: reads the whole number that `name` takes, from `least` (0) on.
function common.number(name, least)
  return function(text)
    local value = text:find "^%d+$" and math.tointeger(tonumber(text))
    if value and value >= (least or 0) then return value end
    local range = (least or 0) > 0 and (" from %d on"):format(least) or ""
    return nil, ('%s takes a whole number%s, not "%s"'):format(name, range, text)
  end
end

function common.day(parser)
  parser:option("--as-of", "Look at this day (else: the last day that registers came in for)."):argname "DATE"
end

function common.as_of(parser)
  common.day(parser)
  parser:option("--known-at", "Show what was known at this time, such as 2025-09-08T18:00; of a day, at its end.")
    :argname "TIME"
end

-- One pupil, or several of a list; and at which school, where that has to be said.
function common.who(parser, several)
  parser:argument("who", "A pupil: UPN, name, admission number, or number on the last list"
    .. (several and " (3,5: several of these)." or "."))
  parser:option("--school", "At which school, of a pupil who is at two."):argname "SCHOOL"
end

function common.dry_run(parser)
  return parser:flag("--dry-run", "Show what would change, and change nothing.")
end
function common.by(parser)
  return parser:option("--by", "Who does this, for the record (else: by in waymark.lua, or your login)."):argname "NAME"
end

-- A command for the workspace that was named, as it can be typed: "waymark -C oakfield today".
function common.to_type(arguments, command)
  local folder = arguments.folder
  if folder == "." then return "waymark " .. command end
  return ("waymark -C %s %s"):format(folder:find "[^%w%._/-]" and files.quoted(folder) or folder, command)
end

local function check_date(text, what)
  if not text then return nil end
  local date, message = core.date.parse(text)
  message = message or bounds.day_fault(date)
  if message then problem.raise("%s: %s", what, message) end
  return date
end
common.check_date = check_date

-- What --as-of and --known-at (and --year, --form, --school) ask for.
function common.filter(space, arguments)
  return space:filter {
    as_of = check_date(arguments.as_of, "--as-of"),
    known_at = arguments.known_at, year = arguments.year, form = arguments.form, school = arguments.school,
  }
end

-- Of which day something is, for a heading: "Friday 20 March 2026", and what was known at which time, if that was
-- asked for: ", as known on Monday 23 March 2026 at 18:00", "… at its end" where a day was given.
function common.as_of_words(filter, arguments)
  local text = core.date.english(filter.as_of)
  if not filter.known_at then return text end
  local day, time = core.system.local_text(filter.known_at):match "^(%S+) (%S+)$"
  return ("%s, as known on %s at %s"):format(text, core.date.english(day),
    core.date.parse(arguments.known_at) and "its end" or time)
end

function common.open(arguments, mode)
  arguments.space = workspace.open(arguments.folder, mode, arguments.now)
  arguments.space.asked_school = arguments.school
  if mode == "write" then arguments.by = arguments.by or arguments.space:recorder() end
  terminal.warn_once(arguments.space.warning)
  return arguments.space
end

-- For scripts and the REPL. What is run shares this state with Waymark's own Lua, so from here on
-- no workspace is opened in it but for reading (core/host/lua_store.h).
function common.open_for_scripts(arguments)
  core.store.read_only()
  local waymark = require "waymark" -- here: most commands run no script
  return problem.check(waymark.open(arguments.folder, arguments.now))
end

return common
