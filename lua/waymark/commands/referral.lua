-- waymark referral: the papers of a referral to the authority, in a folder.

local cases = require "waymark.case"
local common = require "waymark.commands.shared.common"
local core = require "waymark.core"
local files = require "waymark.base.files"
local form = require "waymark.referral.form"
local hooks = require "waymark.mail.hooks"
local items = require "waymark.referral.items"
local pack = require "waymark.referral.pack"
local problem = require "waymark.base.problem"
local referral = require "waymark.referral"
local terminal = require "waymark.base.terminal"
local words = require "waymark.base.words"

local command = {
  name = "referral",
  summary = "The papers of a referral to the authority, in a folder.",
  example = 'waymark referral "Ada Byron" --parent mother -o ada-referral --review',
}

function command.options(parser)
  common.who(parser)
  parser:option("--parent", "The parent that it is about: part of the name, or the relationship."):argname "CONTACT"
    :count(1)
  parser:option("-o --output", "The folder to make; it must not be there, or be empty."):argname "DIR"
    :target "output":count(1)
  parser:flag("--review", "Write the list of what can enter, and let a person pick.")
  parser:option("--pick", "The list, as a person left it."):argname "LIST"
  parser:flag("--incomplete", "Make it although something is missing; the cover says so.")
  parser:flag("--pdf", "Also as PDF.")
  parser:option("--on", "The day up to which it goes (else: today)."):argname "DATE"
  common.by(parser)
  common.dry_run(parser)
end

local function draft_of(arguments, space)
  local on = common.check_date(arguments.on, "--on")
  local today = space:today()
  if on and on > today then problem.raise("--on %s is still to come", on) end
  return referral.draft(space, space:find_pupil(arguments.who, on), { parent = arguments.parent, on = on })
end

-- Picking -----------------------------------------------------------------------------------

-- Where the list is written: beside the folder.
local function list_path(folder) return folder .. ".pick.txt" end

local function editor()
  if not core.system.is_terminal "stdin" or not core.system.is_terminal "stdout" then return nil end
  local name = os.getenv "VISUAL" or os.getenv "EDITOR"
  return name and name:find "%S" and name or nil
end

-- Write the list, and open it where there is somebody to edit it. -> its path, whether
-- it was edited
local function review(arguments, folder)
  local path = list_path(folder)
  if files.exists(path) then problem.raise("%s is there already; give it with --pick, or take it away", path) end
  local space = common.open(arguments, "read")
  local draft = draft_of(arguments, space)
  local text = items.text(draft.about, draft.items, referral.parent_name(draft), draft.missing)
  local unknown = form.unknown(form.of(draft))
  space:close()
  problem.check(files.write(path, text))
  print(("%s can enter; the form has %s that nobody knows yet."):format(words.count(#draft.items, "item"),
    words.count(unknown, "field")))
  local program = editor()
  if not program then return path, false end
  if not os.execute(program .. " " .. files.quoted(path)) then
    problem.raise("the editor %s failed; the list is in %s, for --pick", program, path)
  end
  return path, true
end

-- Making ------------------------------------------------------------------------------------

local function say(draft, made, folder, arguments)
  local name = core.escape(draft.about.found.name)
  print(("%s for %s, about %s: %s"):format(arguments.dry_run and "Would make the referral pack" or
    "The referral pack", name, core.escape(referral.parent_name(draft)), core.escape(folder)))
  for _, each in ipairs(made.files) do print(("  %-44s %s"):format(core.escape(each.name), core.escape(each.title))) end
  if made.digest then print(("manifest.txt, SHA-256 %s (entry %d)"):format(made.digest, made.entry)) end
  local unsent = items.unsent(draft.about)
  if unsent > 0 then
    print(("Not in it: %s made, of which no version is kept as sent (attach it with --as sent)."):format(
      words.count(unsent, "letter was", "letters were")))
  end
  for _, path in ipairs(pack.leftovers(folder)) do
    terminal.warn("%s was left by a pack that was not finished; take it away", core.escape(path))
  end
  if #draft.missing > 0 then terminal.warn "it is not complete, and its cover says so" end
  terminal.warn "please read it before you give it away: names that are in no register or list of contacts stay"
end

local function make(arguments, folder, picked)
  local space = common.open(arguments, "write")
  local draft, made
  local good, fault, report = pcall(hooks.change, space, arguments.dry_run, function()
    space:settle()
    draft = draft_of(arguments, space)
    if picked then referral.pick(draft, picked, arguments.pick) end
    made = referral.make(draft, folder, { incomplete = arguments.incomplete, pdf = arguments.pdf, by = arguments.by,
      dry_run = arguments.dry_run })
  end, true)
  if not good then
    if made and not space.is_changed then made.discard() end
    error(fault, 0)
  end
  arguments.hooks_status = hooks.say(report)
  space:close()
  say(draft, made, folder, arguments)
end

function command.run(arguments)
  local folder = pack.check_folder(arguments.output, function(digest)
    local space <close> = common.open(arguments, "read")
    for _, entry in ipairs(cases.entries(space, { kind = "entry.rendered" })) do
      if entry.file and entry.file.digest == digest then return true end
    end
  end)
  if arguments.review and arguments.pick then problem.raise "--review makes the list, --pick takes it; give one" end
  local edited = false
  if arguments.review then
    arguments.pick, edited = review(arguments, folder)
    if not edited then
      print(("The list is in %s. When it is edited, the same with --pick %s instead of --review."):format(
        core.escape(arguments.pick), core.escape(arguments.pick)))
      return 0
    end
  end
  local picked = arguments.pick and problem.check(files.read(arguments.pick))
  make(arguments, folder, picked)
  if edited then os.remove(arguments.pick) end
end

return command
