-- commands/shared/reading: options that say how a file is to be read, and what they come to.

local common = require "waymark.commands.shared.common"
local core = require "waymark.core"
local problem = require "waymark.base.problem"

local reading = {}

function reading.options(parser)
  parser:option("--profile", "Read it as this profile says; none: as no profile in use says."):argname "NAME"
  parser:option("--dates", "How 2/3/2026 is meant: day-first or month-first."):choices { "day-first", "month-first" }
  parser:option("--shape", "Of marks: long, daily, grid or string."):choices { "long", "daily", "grid", "string" }
  parser:option("--sheet", "The sheet of a spreadsheet, by name or number (else the first)."):argname "SHEET"
  parser:option("--column", "A heading, and the column that it is: --column upn=\"Pupil No\"; as often as needed.")
    :argname "NAME=HEADING":count "*"
  parser:option("--starts", "Of strings of marks: their first day, where the file does not say it."):argname "DATE"
  parser:flag("--weekends", "Of strings of marks: Saturdays and Sundays take places in them.")
  parser:option("--encoding", "utf-8, windows-1252, iso-8859-1, utf-16le or utf-16be."):argname "NAME"
end

-- -> { profile, reading } | nil, when nothing was said
function reading.given(arguments, kind)
  local given = { dates = arguments.dates, shape = arguments.shape, sheet = arguments.sheet,
    encoding = arguments.encoding, weekends = arguments.weekends,
    starts = common.check_date(arguments.starts, "--starts") }
  for _, text in ipairs(arguments.column or {}) do
    local name, heading = text:match "^([^=]+)=(.+)$"
    if not name then problem.raise('--column takes NAME=HEADING, such as upn="Pupil No", not "%s"', text) end
    given.columns = given.columns or {}
    given.columns[name:gsub("[ -]", "_")] = heading
  end
  if next(given) == nil then return arguments.profile and { profile = arguments.profile } or nil end
  local fault = core.sdk("profile").fault(given, kind or "marks", "what was said of the file")
  if fault then problem.raise("%s", fault) end
  return { profile = arguments.profile, reading = given }
end

local quoted_by = { ['"'] = "'", ["$"] = "'", ["`"] = "'", ["\\"] = "'" }

-- A word as a shell takes it.
function reading.word(text)
  if text:find "^[%w%-_./=:,+@]+$" then return text end
  local mark = quoted_by[text:match '["$`\\]' or ""] or '"'
  return mark .. text .. mark
end

-- What was typed of these options, as it is typed again: " --sheet Marks", or "".
function reading.typed(arguments)
  local list = { "" }
  for _, name in ipairs { "profile", "dates", "shape", "sheet", "column", "starts", "encoding" } do
    local said = arguments[name]
    for _, text in ipairs(type(said) == "table" and said or { said }) do
      list[#list + 1] = ("--%s %s"):format(name, reading.word(text))
    end
  end
  if arguments.weekends then list[#list + 1] = "--weekends" end
  return table.concat(list, " ")
end

return reading
