-- intake/update: one Friday in one command: what lies in an inbox is taken in, `suggest`
-- is run, and the lists are written.
--
--   1. Each file is one transaction: all of what could be taken, or nothing. What is not the
--      file's fault (a full disk, a workspace in use) ends the update, and the file stays.
--   2. It is moved only after that. Stopped in between, the same file is taken
--      again next time, and taking a file twice changes nothing.
--   3. A list that was written is never written over: somebody may be filling it in.
-- `options`: inbox, out (folders), take(space, file) -> report of an import,
-- suggest(space) -> { lines, failed }, progress(done, all).

local core = require "waymark.core"
local csv = require "waymark.today.csv"
local files = require "waymark.base.files"
local page = require "waymark.today.page"
local inbox = require "waymark.intake.inbox"
local named = require "waymark.intake.named"
local problem = require "waymark.base.problem"
local words = require "waymark.base.words"
local today = require "waymark.today"

local update = {}

-- One file --------------------------------------------------------------------------

local counted = { { "added", "new" }, { "unchanged", "known already" }, { "changed", "changed" },
  { "removed", "removed" }, { "empty", "not filled in" }, { "left_out", "left out" } }

local function count_words(report)
  local parts = {}
  for _, each in ipairs(counted) do
    local n = report[each[1]] or 0
    if n > 0 then parts[#parts + 1] = ("%s %s"):format(words.number(n), each[2]) end
  end
  return #parts > 0 and table.concat(parts, ", ") or "nothing in it"
end

local function add_groups(lines, groups)
  for _, group in ipairs(groups or {}) do
    lines[#lines + 1] = ("  %s (%s)"):format(group.sentence, words.number(group.count))
    for i, each in ipairs(group.examples or {}) do
      if i > 10 then break end
      local line = each.line and ("line %d: "):format(each.line) or ""
      lines[#lines + 1] = ("    %s%s"):format(line, core.escape(each.words))
    end
  end
end

-- What is said of a file that was taken.
local function taken_lines(file, report)
  local lines = { ("%s: %s: %s"):format(core.escape(file.name), file.kind, count_words(report)) }
  for _, line in ipairs(named.lines(report)) do lines[#lines + 1] = "  " .. line end
  add_groups(lines, report.reasons)
  add_groups(lines, report.warnings)
  if report.left_out_path then lines[#lines + 1] = "  the rows left out are in " .. report.left_out_path end
  return lines
end

-- -> true, report | false, what was raised where that is about the file; raises what is not
local function take_in(space, file, options)
  local of_file
  local ok, result = pcall(space.change, space, false, function()
    space:settle()
    local taken, report = pcall(options.take, space, file)
    of_file = not taken and not (problem.is(report) and report.machine)
    if not taken then error(report, 0) end
    if inbox.state(file.path) ~= file.state then
      of_file, file.stays = true, true
      problem.raise "it changed while it was read and may still be being copied; the next update takes it"
    end
    return report
  end, file.kind == "actions")
  if ok or of_file or not problem.is(result) then return ok, result end
  problem.raise("%s stays in the inbox, and the update ended there: %s", core.escape(file.name), result.message)
end

local function not_taken(file, why)
  local what = file.kind and file.kind .. ": " or ""
  local stays = file.stays and "; it stays where it is" or ""
  return { ("%s: %snot taken: %s%s"):format(core.escape(file.name), what, why, stays) }, true, "failed"
end

-- Take one file. -> lines of the report, was something left out, where it belongs
local function take_file(space, file, options)
  if not file.kind then return not_taken(file, file.why) end
  local ok, result = take_in(space, file, options)
  if not ok and not problem.is(result) then error(result, 0) end
  if not ok then return not_taken(file, result.message) end
  return taken_lines(file, result), result.left_out > 0, "done"
end

local function take_files(space, options, report)
  local day = space:today()
  local list = inbox.list(options.inbox, space.now, space)
  for i, file in ipairs(list) do
    if options.progress then options.progress(i, #list) end
    local lines, left_out, where = take_file(space, file, options)
    if not file.stays and not inbox.move(options.inbox, file, where, day, table.concat(lines, "\n") .. "\n") then
      lines[#lines + 1] = "  another file took its name meanwhile; the next update takes that one"
      left_out = true
    end
    table.move(lines, 1, #lines, #report.lines + 1, report.lines)
    report.left_out = report.left_out or left_out
    report.files = report.files + 1
  end
  if #list == 0 then report.lines[1] = "There was nothing in the inbox." end
end

-- Lists -----------------------------------------------------------------------------

-- The page and the file to fill in have one name.
local function file_name(list, school, several)
  local key = several and "-" .. files.slug(school.key) or ""
  return ("list%s-%s"):format(key, list.day)
end

-- `written` gets the paths of what is there so far.
local function write_lists(list, out, report, written)
  problem.check(files.need_folder(out))
  local several = #list.schools > 1
  for _, school in ipairs(list.schools) do
    local key = several and school.key or nil
    local stem = problem.check(files.free(out, file_name(list, school, several), { ".csv", ".html" }))
    for ending, text in next, { [".csv"] = csv.text(list, key), [".html"] = page.text(list, key) } do
      problem.check(files.write(stem .. ending, text))
      written[#written + 1] = stem .. ending
    end
    report.lines[#report.lines + 1] = ("The list of %s: %s.csv to fill in, %s.html to print"):format(school.name,
      stem, stem)
  end
end

local function count_sections(list, report)
  for _, section in ipairs(list.sections) do
    report.lines[#report.lines + 1] = ("  %s: %d"):format(section.title, #section.rows)
  end
  for _, note in ipairs(today.notes(list)) do report.lines[#report.lines + 1] = "  " .. note.words end
end

local function make_lists(space, options, report)
  local list, written = nil, {}
  local ok, fault = pcall(space.change, space, false, function()
    list = today.build(space, space:filter {}, {})
    today.keep(space, list, true)
    space:lock() -- a list with the same numbers changed nothing
    write_lists(list, options.out, report, written) -- its numbers count with its files
  end, true)
  if not ok then
    for _, path in ipairs(written) do os.remove(path) end
    error(fault, 0)
  end
  count_sections(list, report)
end

-- The whole -------------------------------------------------------------------------

-- -> { lines, left_out = boolean, files = number, path = of the report }
function update.run(space, options)
  local report = { lines = {}, left_out = false, files = 0 }
  local _ <close> = inbox.lock(options.inbox)
  space:load_plugins(true)
  take_files(space, options, report)
  if #space:schools() > 0 then
    local suggested = options.suggest(space)
    table.move(suggested.lines, 1, #suggested.lines, #report.lines + 1, report.lines)
    report.left_out = report.left_out or suggested.failed
    make_lists(space, options, report)
  end
  table.insert(report.lines, 1, ("Update of %s"):format(core.date.english(space:today())))
  problem.check(files.need_folder(options.out))
  report.path = inbox.free_path(options.out, ("update-%s.txt"):format(space:today()))
  problem.check(files.write(report.path, table.concat(report.lines, "\n") .. "\n"))
  return report
end

-- Dry run ---------------------------------------------------------------------------

-- One file inside a transaction that will be undone.
local function try_file(space, file, options)
  if not file.kind then return not_taken(file, file.why) end
  local ok, result = pcall(options.take, space, file)
  if not ok and not problem.is(result) then error(result, 0) end
  if not ok then return not_taken(file, result.message) end
  if result.left_out_path then
    os.remove(result.left_out_path)
    os.remove((result.left_out_path:match "^(.*)/")) -- the folder goes too, if nothing else is in it
    result.left_out_path = nil
  end
  return taken_lines(file, result), result.left_out > 0
end

local function try_all(space, options, report)
  space:settle()
  for _, file in ipairs(inbox.list(options.inbox, space.now, space)) do
    local lines, left_out = try_file(space, file, options)
    table.move(lines, 1, #lines, #report.lines + 1, report.lines)
    report.left_out, report.files = report.left_out or left_out, report.files + 1
  end
  if report.files == 0 then report.lines[1] = "There was nothing in the inbox." end
  if #space:schools() == 0 then return end
  local suggested = options.suggest(space)
  table.move(suggested.lines, 1, #suggested.lines, #report.lines + 1, report.lines)
  report.left_out = report.left_out or suggested.failed
  count_sections(today.build(space, space:filter {}, {}), report)
end

-- What `run` would do: the same files in the same order, in one transaction that is
-- undone. Nothing is moved, and no list is written.
function update.dry_run(space, options)
  local report = { lines = {}, left_out = false, files = 0 }
  space:load_plugins(true)
  space:change(true, function() try_all(space, options, report) end)
  table.insert(report.lines, 1, ("Update of %s: a dry run, nothing was changed"):format(
    core.date.english(space:today())))
  return report
end

return update
