-- waymark chronology: what happened for one pupil, in order, for staff, for a
-- referral or for the family.

local chronology = require "waymark.chronology"
local common = require "waymark.commands.shared.common"
local core = require "waymark.core"
local files = require "waymark.base.files"
local page = require "waymark.chronology.page"
local people = require "waymark.case.people"
local problem = require "waymark.base.problem"
local terminal = require "waymark.base.terminal"

local command = {
  name = "chronology",
  summary = "What happened for a pupil, in order, for staff, a referral or the family.",
  example = 'waymark chronology "Ada Byron" --for family --format html -o ada.html',
}

local formats = { "table", "csv", "json", "html" }

function command.options(parser)
  common.who(parser)
  parser:option("--for", "Who will read it: staff, referral or family."):choices(chronology.audiences)
    :default("staff"):target "audience"
  parser:option("--parent", "Of a copy for the family or a referral: the one parent whom it is for, or against.")
    :argname "CONTACT"
  parser:option("--as-of", "Up to this day (else: today)."):argname "DATE"
  parser:option("--format", "table (to read), html (to print), csv or json (for other programs)."):choices(formats)
  parser:option("-o --output", "Write it to a file, for its owner alone."):argname "FILE":target "output"
end

-- What is asked for, or what the file's name says, or a table.
local function format_of(arguments)
  if arguments.format then return arguments.format end
  local ending = (arguments.output or ""):match "%.(%w+)$"
  for _, format in ipairs(formats) do
    if ending and ending:lower() == format then return format end
  end
  return "table"
end

local function text_of(result, arguments)
  local format = format_of(arguments)
  if format ~= "table" then return page[format](result) end
  if arguments.output then return page.text(result, function(_, text) return text end, 80) end
  return page.text(result, terminal.paint, math.max(60, math.min(core.system.width(), 100)))
end

-- Said beside a page that cannot say it itself, and before one that leaves the house.
local function say(result, arguments)
  local format = format_of(arguments)
  if format == "csv" then
    for _, sentence in ipairs(chronology.left_out_words(result)) do terminal.warn("%s", sentence) end
  end
  if result.left_out.other and not result.parent then
    terminal.warn "it is for all parents at once, without what one of them alone may read; for one: --parent NAME"
  end
  if result.audience ~= "staff" then
    terminal.warn "please read it before you give it away: names that are in no register or list of contacts stay"
  end
end

local function parent_of(space, pupil, arguments)
  if arguments.audience == "staff" then problem.raise "--parent is for a copy with --for family or --for referral" end
  local parent = people.pick(people.of(space, pupil), arguments.parent, pupil.name)
  if parent.may_be_named then return parent end
  problem.raise("%s %s: no copy is made", parent.name, parent.no_contact and 'is marked "no contact"'
    or "is not known as a parent of " .. pupil.name)
end

function command.run(arguments)
  local space = common.open(arguments, "read")
  local as_of = common.check_date(arguments.as_of, "--as-of")
  local pupil = space:find_pupil(arguments.who, as_of)
  local parent = arguments.parent and parent_of(space, pupil, arguments)
  local result = chronology.of(space, pupil, { audience = arguments.audience, parent = parent, as_of = as_of })
  local text = text_of(result, arguments)
  space:close()
  if arguments.output then
    problem.check(files.write(arguments.output, text))
    print(("Written to %s: %s."):format(core.escape(arguments.output), page.subtitle(result)))
  else
    io.write(text)
  end
  say(result, arguments)
end

return command
