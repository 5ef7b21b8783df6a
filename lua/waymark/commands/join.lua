-- waymark join: two pupils who are one child.

local common = require "waymark.commands.shared.common"
local core = require "waymark.core"
local join = require "waymark.intake.join"
local problem = require "waymark.base.problem"
local words = require "waymark.base.words"

local command = {
  name = "join",
  summary = "Two pupils who are one child: what is kept of the second goes to the first.",
  example = "waymark join B801200005001 Z801200005077 --dry-run",
}

function command.options(parser)
  local who = "UPN, name or admission number of the pupil who %s."
  parser:argument("into", who:format "stays")
  parser:argument("from", who:format "is the same child")
  parser:option("--why", "How you know."):argname "TEXT"
  parser:flag("--yes", "Do it; without, what would be done is shown, and asked.")
  common.dry_run(parser)
  common.by(parser)
  parser:option("--format", "table (to read) or json."):choices { "table", "json" }:default "table"
end

local shown_most = 10 -- conflicts

local function print_report(report, is_done)
  local function name(which) return core.escape(report[which]) .. (report[which .. "_upn"]
    and ", UPN " .. core.escape(report[which .. "_upn"]) or "") end
  print(("%s of %s: it %s to %s"):format(is_done and "Joined what is kept" or "What is kept", name "from",
    is_done and "went" or "would go", name "into"))
  for _, each in ipairs(report.differences) do
    print(("  %s differs: %s stays, not %s"):format(each.what, core.escape(each.into), core.escape(each.from)))
  end
  print(("  %s, %s, %s (%s known already), %s"):format(words.count(report.stays, "stay at a school",
    "stays at a school"), words.count(report.marks, "mark"), words.count(report.contacts, "contact"),
    words.number(report.same_contacts), words.count(report.entries, "entry", "entries")))
  if report.left_out > 0 then
    print(("  %s could not be taken: on days on which the school is closed, say"):format(
      words.count(report.left_out, "mark")))
  end
  if #report.conflicts > 0 then
    print(("  Two marks for one half day (%s): that of the first stays"):format(words.number(#report.conflicts)))
  end
  for i = 1, math.min(#report.conflicts, shown_most) do
    local each = report.conflicts[i]
    print(("    %s: %s stays, not %s"):format(words.half_day(each.date, each.half, report.as_of), each.into, each.from))
  end
  if #report.conflicts > shown_most then
    print(("    … and %s more; all of them: --format json"):format(words.number(#report.conflicts - shown_most)))
  end
end

-- One try, or the thing itself. -> report
local function run(arguments, dry_run)
  local space <close> = common.open(arguments, "write")
  return space:change(dry_run, function()
    space:settle(true)
    return join.run(space, space:find_pupil(arguments.into), space:find_pupil(arguments.from),
      { by = arguments.by, why = arguments.why })
  end)
end

function command.run(arguments)
  local is_json = arguments.format == "json"
  local report
  if not arguments.yes then
    report = run(arguments, true)
    if not is_json then
      print_report(report, false)
      print "It cannot be taken back: only a backup has the two apart again."
    end
    if not arguments.dry_run then
      if is_json or not core.system.is_terminal "stdin" then
        problem.raise "nothing was changed; to do it, say --yes"
      end
      io.write "Join them? [y/N] "
      io.flush()
      if not (io.read "l" or ""):lower():find "^%s*y" then problem.raise "nothing was changed" end
    end
  end
  if not arguments.dry_run then report = run(arguments, false) end
  if is_json then
    print(problem.check(core.encode(report, 2)))
  elseif not arguments.dry_run then
    print_report(report, true)
  end
  return 0
end

return command
