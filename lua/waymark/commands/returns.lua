-- waymark returns: the lists of pupils that go to the authority, for a period.

local common = require "waymark.commands.shared.common"
local core = require "waymark.core"
local files = require "waymark.base.files"
local problem = require "waymark.base.problem"
local returns = require "waymark.returns"
local terminal = require "waymark.base.terminal"
local wording = require "waymark.base.words"
local reasons = core.sdk "evidence"

local command = {
  name = "returns",
  summary = "The lists of pupils that go to the authority, for a period.",
  example = "waymark returns --from 2026-03-01 --to 2026-03-31 -o returns",
  see = "files.md: the columns of a return",
}

local formats = { "table", "csv", "json" }

function command.options(parser)
  parser:argument("name", "Which of them (all, if you say nothing)."):args "*"
  parser:option("--from", "The first day (else: a month before the last)."):argname "DATE"
  parser:option("--to", "The last day (else: the last that registers came in for)."):argname "DATE"
  parser:option("--school", "Only this school."):argname "SCHOOL"
  parser:option("--format", "table (to read), csv or json (for other programs)."):choices(formats)
  parser:option("-o --output", "Write a file (.csv, .json), or into a folder a file for each list.")
    :argname "FILE|FOLDER":target "output"
end

-- For programs ---------------------------------------------------------------------------

local columns = { "return", "school", "upn", "name", "year", "form", "what", "from", "to", "half_days", "reached",
  "last", "left" }

local function item_of(list, row, several)
  local person = row.person
  return { ["return"] = list.name, school = several and person.school.key or nil, upn = person.upn,
    name = person.name, year = person.year, form = person.form, what = row.what, from = row.from, to = row.to,
    half_days = row.half_days, reached = row.reached, last = row.last, left = person.left, recorded = row.recorded }
end

local function csv_of(lists, several)
  local shown = {}
  for _, name in ipairs(columns) do
    if several or name ~= "school" then shown[#shown + 1] = name end
  end
  local lines = { terminal.csv_line(shown) }
  for _, list in ipairs(lists) do
    for _, row in ipairs(list.rows) do
      local item, cells = item_of(list, row, several), {}
      for c, name in ipairs(shown) do cells[c] = item[name] end
      lines[#lines + 1] = terminal.csv_line(cells, #shown)
    end
  end
  return table.concat(lines)
end

local function json_of(lists, several)
  local lines = {}
  for _, list in ipairs(lists) do
    for _, row in ipairs(list.rows) do lines[#lines + 1] = problem.check(core.encode(item_of(list, row, several))) end
  end
  return #lines > 0 and "[\n" .. table.concat(lines, ",\n") .. "\n]\n" or "[]\n"
end

-- For people -----------------------------------------------------------------------------

local function day_words(day) return day and core.date.short(day) or "" end

local function reach_words(schools)
  if #schools == 0 then return "no registers have come in yet" end
  if #schools > 3 then return ("registers of %d schools"):format(#schools) end
  local words = {}
  for i, school in ipairs(schools) do
    words[i] = school.reach and ("%s, registers to %s"):format(school.name,
      reasons.session_words(school.reach[1], school.reach[2])) or school.name .. ", no registers yet"
  end
  return core.escape(table.concat(words, "; "))
end

local function print_list(list, several)
  print(("\n%s"):format(terminal.paint("bold", ("%s (%d)"):format(core.escape(list.title), list.listed))))
  if list.words and list.words ~= "" then print(terminal.paint("dim", core.escape(list.words))) end
  if #list.rows == 0 then return end
  local lines = {}
  for i, row in ipairs(list.rows) do
    local person = row.person
    local name = person.left and person.name .. ", left " .. day_words(person.left) or person.name or "nobody"
    lines[i] = { name, person.upn or "", person.year or "", person.form or "", row.what, day_words(row.from),
      day_words(row.to), row.half_days, day_words(row.reached) }
    if several then table.insert(lines[i], 1, person.school.name) end
  end
  local heads = { { title = "pupil", most = 40 }, { title = "UPN" }, { title = "year" }, { title = "form" },
    { title = "what", most = 100 }, { title = "from" }, { title = "to" }, { title = "half days", right = true },
    { title = "reached" } }
  if several then table.insert(heads, 1, { title = "school", most = 20 }) end
  terminal.table(heads, lines)
end

local function print_tables(result)
  print(terminal.paint("bold", ("Returns for %s to %s"):format(core.date.english(result.from),
    core.date.english(result.to))))
  print(terminal.paint("dim", ("%s; leavers of the period are in it."):format(reach_words(result.schools))))
  for _, list in ipairs(result.lists) do print_list(list, result.several) end
end

-- Files ----------------------------------------------------------------------------------

local function text_of(format, lists, several)
  return format == "json" and json_of(lists, several) or csv_of(lists, several)
end

local function write_folder(result, folder, format)
  problem.check(files.need_folder(folder))
  local paths, texts = {}, {}
  for i, list in ipairs(result.lists) do
    paths[i] = ("%s/%s.%s"):format(folder:gsub("(.)/+$", "%1"), list.name, format)
    texts[i] = text_of(format, { list }, result.several)
    if files.exists(paths[i]) and files.read(paths[i]) ~= texts[i] then
      problem.raise("%s is there already; choose another folder, or put what is in this one elsewhere", paths[i])
    end
  end
  for i, list in ipairs(result.lists) do
    problem.check(files.write(paths[i], texts[i]))
    print(("%s: %s"):format(core.escape(paths[i]), wording.count(list.listed, "pupil")))
  end
end

local function write_output(result, path, format)
  local ending = not files.is_folder(path) and (path:match "%.(%w+)$" or ""):lower() or nil
  if ending ~= "csv" and ending ~= "json" then ending = nil end
  if format == "table" then problem.raise "-o takes csv or json; leave --format table out" end
  if not ending then return write_folder(result, path, format or "csv") end
  local n = 0
  for _, list in ipairs(result.lists) do n = n + #list.rows end
  problem.check(files.write(path, text_of(format or ending, result.lists, result.several)))
  print(("%s: %s"):format(core.escape(path), wording.count(n, "row")))
end

function command.run(arguments)
  local space = common.open(arguments, "read")
  local result = returns.of(space, { names = arguments.name, school = arguments.school,
    from = common.check_date(arguments.from, "--from"), to = common.check_date(arguments.to, "--to") })
  space:close()
  if arguments.output then
    write_output(result, arguments.output, arguments.format)
  elseif arguments.format == "csv" or arguments.format == "json" then
    io.write(text_of(arguments.format, result.lists, result.several))
  else
    print_tables(result)
  end
end

return command
