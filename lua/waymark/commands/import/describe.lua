-- waymark import describe FILE…: what files are, and how they would be read; nothing is taken in. --save writes it
-- down as a profile.

local common = require "waymark.commands.shared.common"
local core = require "waymark.core"
local exports = require "waymark.exports"
local files = require "waymark.base.files"
local problem = require "waymark.base.problem"
local read_options = require "waymark.commands.shared.reading"
local saved = require "waymark.exports.saved"
local sources = require "waymark.exports.sources"
local terminal = require "waymark.base.terminal"
local words = require "waymark.base.words"

local describe = { summary = "Say what files are and how they would be read; take nothing in.",
  example = "waymark import describe export.csv --save ours" }

function describe.options(parser)
  parser:argument("file", "Files, folders with files, or - for standard input."):target "files":args "+"
  parser:option("--as", "What to look for in it (else: what its headings say).")
    :choices { "marks", "pupils", "contacts" }
  parser:option("--save", "Write how it is read down as a profile of this workspace."):argname "NAME"
  read_options.options(parser)
end

-- For people ---------------------------------------------------------------------------

local shape_words = { long = "a row a mark (long)", daily = "a row a pupil and day (daily)",
  grid = "a column a session (grid)", string = "a string of marks a pupil (string)" }
local how_words = { name = "its name", alias = "another name for it", content = "what stands in it: look at it",
  profile = "what was said" }
local separators = { [","] = "commas", [";"] = "semicolons", ["\t"] = "tabs", ["|"] = "|" }

local function kind_words(findings)
  if findings.kind == "marks" then
    return findings.shape and "marks, " .. shape_words[findings.shape] or "marks, in a shape that is not known"
  end
  return findings.kind or "nothing that is known here"
end

local function print_facts(facts)
  local parts = { facts.encoding or facts.form }
  if facts.form == "text" then
    parts[#parts + 1] = (separators[facts.delimiter] or "commas") .. " between cells"
    if facts.quoting == "backslash" then parts[#parts + 1] = "quotes with a backslash before them" end
  else
    parts[#parts + 1] = facts.form
  end
  local rows = facts.heading_rows == 2 and "lines %d and %d" or "line %d"
  parts[#parts + 1] = "headings in " .. rows:format(facts.heading or 1, (facts.heading or 1) + 1)
  parts[#parts + 1] = words.count(facts.records, "record")
  print(table.concat(parts, ", "))
  if #(facts.preamble or {}) > 0 then
    print("Above the headings: " .. core.escape(table.concat(facts.preamble, " / ")))
  end
  if (facts.footer or 0) > 0 then print(("Below the records: %s"):format(words.count(facts.footer, "line"))) end
end

local function print_dates(findings)
  if findings.dates then
    print(("Dates: %s%s"):format(findings.dates.order and findings.dates.order:gsub("-", " ") .. ": " or "",
      findings.dates.evidence))
  end
  if findings.first then
    local sessions = findings.sessions and (", %s"):format(words.count(findings.sessions, "session")) or ""
    print(("Covers %s to %s%s"):format(core.date.short(findings.first), core.date.short(findings.last), sessions))
  end
end

local function print_columns(findings)
  local rows = {}
  for i, each in ipairs(findings.columns) do rows[i] = { each.name, each.heading, how_words[each.how] } end
  if #rows > 0 then
    print()
    terminal.table({ { title = "column" }, { title = "heading" }, { title = "known by" } }, rows)
  end
  for _, each in ipairs(findings.columns) do
    if each.over then
      print(core.escape(('As %s "%s" is taken, not "%s"; for the other, say --column %s=%s'):format(each.name,
        each.heading, each.over, each.name, read_options.word(each.over))))
    end
  end
  if #findings.unused > 0 then
    local shown = { table.unpack(findings.unused, 1, 20) }
    print(("Not used: %s%s"):format(core.escape(table.concat(shown, ", ")),
      #findings.unused > 20 and (" and %d more"):format(#findings.unused - 20) or ""))
  end
end

local most_marks = 40

local function print_marks(findings)
  local rows = {}
  for i, each in ipairs(findings.marks or {}) do
    if i > most_marks then break end
    rows[i] = { words.mark(each.text), words.number(each.count), each.meaning or "no code of the register" }
  end
  if #rows > 0 then
    print()
    terminal.table({ { title = "mark" }, { title = "times", right = true }, { title = "means", most = 100 } }, rows)
  end
end

local function print_for_people(each, arguments)
  local facts, findings = each.facts, each.findings
  print(terminal.paint("bold", ("%s: %s"):format(core.escape(each.shown), kind_words(findings))))
  print_facts(facts)
  if findings.profile then print("Read by the profile " .. findings.profile) end
  print_dates(findings)
  print_columns(findings)
  print_marks(findings)
  local pupils = findings.pupils
  if pupils then
    print(("\nOf %s in it, %s on roll here"):format(words.count(pupils.of, "pupil"),
      pupils.matched == 1 and "1 is" or words.number(pupils.matched) .. " are"))
  end
  if not findings.kind and #findings.doubts == 0 then print "Say what is in it: --as marks, pupils or contacts" end
  for _, doubt in ipairs(findings.doubts) do
    local label = terminal.paint("yellow", "In doubt")
    print(("%s: %s; %s"):format(label, core.escape(doubt.what), core.escape(doubt.todo)))
  end
  if each.saved then
    local name = each.saved.name
    print(('Written as the profile %s, %s; from now on: waymark import %s FILE --profile %s, or use "%s" in '
      .. "waymark.lua"):format(name, each.saved.path, findings.kind, name, name))
  elseif #findings.doubts == 0 and findings.reading then
    print(core.escape(("To take it in: waymark import %s %s%s"):format(findings.kind, each.named,
      read_options.typed(arguments))))
  end
end

-- For programs -----------------------------------------------------------------------------

local function for_programs(each)
  if each.problem then return { file = each.shown, problem = each.problem } end
  local facts, findings = each.facts, each.findings
  local columns, marks = core.array {}, core.array {}
  for i, column in ipairs(findings.columns) do
    columns[i] = { name = column.name, heading = column.heading, how = column.how, over = column.over }
  end
  for i, mark in ipairs(findings.marks or {}) do
    marks[i] = { mark = mark.text, count = mark.count, meaning = mark.meaning }
  end
  return { file = each.shown, kind = findings.kind, shape = findings.shape, form = facts.form,
    encoding = facts.encoding,
    delimiter = facts.delimiter, quoting = facts.quoting, preamble = core.array(facts.preamble or {}),
    heading = facts.heading, heading_rows = facts.heading_rows, records = facts.records, footer = facts.footer,
    columns = columns, unused = core.array(findings.unused), sessions = findings.sessions,
    dates = findings.dates, first = findings.first, last = findings.last, marks = marks,
    pupils = findings.pupils, profile = findings.profile,
    doubts = core.array(findings.doubts), reading = findings.reading }
end

-- Without a workspace it says what a file is, but not whose pupils and codes are in it.
local function open(arguments)
  if not arguments.workspace and not files.exists "waymark.lua" then return nil end
  return common.open(arguments, "read")
end

function describe.run(arguments)
  local space = open(arguments)
  if arguments.save and not space then
    problem.raise "a profile is written into a workspace; name one with -C"
  end
  local list <close> = sources.open(arguments.files, space and arguments.folder or ".")
  local given = read_options.given(arguments, arguments.as)
  local all = {}
  for i, file in ipairs(list) do
    local ok, facts, findings = pcall(function()
      local facts, findings = exports.look(space, file.path, arguments.as, given)
      exports.count(space, file.path, findings)
      return facts, findings
    end)
    if ok then
      all[i] = { shown = file.shown, named = file.path == file.shown and read_options.word(file.path) or "-",
        facts = facts, findings = findings }
    elseif #list > 1 and problem.is(facts) then -- the others are looked at all the same
      all[i] = { shown = file.shown, problem = facts.message }
    else
      error(facts, 0)
    end
  end
  if arguments.save then
    if #all ~= 1 then problem.raise "a profile is written of one file; name one" end
    all[1].saved = saved.write(space, arguments.save, all[1].facts, all[1].findings)
  end
  if space then space:close() end
  local status = 0
  for i, each in ipairs(all) do
    if each.problem then
      status = 1
      terminal.warn("%s", core.escape(each.problem))
    elseif status == 0 and (#each.findings.doubts > 0 or not each.findings.kind) then
      status = 3
    end
    if arguments.format ~= "json" and not each.problem then
      if i > 1 then print() end
      print_for_people(each, arguments)
    end
  end
  if arguments.format == "json" then
    for i, each in ipairs(all) do all[i] = for_programs(each) end
    local is_one = #arguments.files == 1 and not files.is_folder(arguments.files[1])
    print(problem.check(core.encode(is_one and all[1] or core.array(all), 2)))
  end
  return status
end

return describe
