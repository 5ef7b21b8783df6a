-- cli: the command line. Reads the arguments, runs one command, and turns what
-- comes of it into an exit status:
--   0 done; 1 could not be done (one line on standard error: what, where, what
--   to do); 2 wrong usage; 3 done, but something was left out, or could not be shown;
--   130 stopped by Ctrl-C
--
-- A command is a module of waymark.commands: { name, summary, example, see, is_in_parts,
-- options(parser, add_common), run(arguments) -> exit status }; `is_in_parts`: what it has done before it fails
-- is not what was asked; add_common gives
-- the options that every command takes to a command within a command; `see` is the page
-- of the manual that says more, if one does.

local argparse = require "argparse"
local bounds = require "waymark.base.bounds"
local core = require "waymark.core"
local paths = require "waymark.base.paths"
local problem = require "waymark.base.problem"
local version = require "waymark.version"

local cli = {}

local names = { "init", "import", "calendar", "suggest", "today", "update", "explain", "record", "record-school",
  "bypass", "not-now", "hold", "correct", "join", "audience", "attach", "letter", "outbox", "pupil", "chronology",
  "referral", "figures", "returns", "sql", "run", "repl", "plugin", "check", "backup", "restore", "help" }

local exit = { done = 0, cannot = 1, usage = 2, left_out = 3, stopped = 130 }
cli.exit = exit

-- Taken before a command and after it; --now is for trying things out and for
-- tests. `place` keeps the two apart.
local function add_common(parser, place)
  parser:option("-C --workspace", "The folder of the workspace (this one, if you say nothing)."):argname "DIR"
    :target("workspace_" .. place)
  parser:option("--now", "Take this as the present time (for trying things out)."):argname "TIME"
    :target("now_" .. place)
end

local function add_command(parser, name)
  local command = require("waymark.commands." .. name)
  local sub = parser:command(command.name, command.summary)
  local see = command.see and ("\n\nIn the manual (waymark help says where it lies):\n  " .. command.see) or ""
  sub:summary(command.summary):epilog("Example:\n  " .. command.example .. see)
  add_common(sub, "after")
  command.options(sub, function(inner) add_common(inner, "inner") end)
  return command
end

local takes_value = { ["-C"] = true, ["--workspace"] = true, ["--now"] = true, ["-e"] = true }

-- The names of the commands that a list of arguments may ask for: one, when it is
-- plain which. Reading the modules of all is most of the time of a short command.
local function asked(arguments)
  local skip, code = false, false
  for _, argument in ipairs(arguments) do
    if skip then
      skip = false
    elseif takes_value[argument] then
      skip, code = true, code or argument == "-e"
    elseif argument:sub(1, 1) ~= "-" then
      for _, name in ipairs(names) do
        if name == argument then return { name } end
      end
      return names
    elseif not argument:find "^%-%-%w+=" then
      return names
    end
  end
  return code and {} or names
end

local function new_parser(arguments)
  local parser = argparse("waymark", "Notice falling attendance early, and put support in place first.")
  parser:epilog "Each command explains itself: waymark COMMAND --help"
  parser:require_command(false):command_target "command":usage_max_width(100):help_max_width(100)
  add_common(parser, "before")
  parser:option("-e", "Run a line of Lua over the workspace."):argname "CODE":target "code"
  parser:flag("--version", "Say which version this is."):action(function()
    print("waymark " .. version.program)
    os.exit(exit.done, true)
  end)
  local commands = {}
  for _, name in ipairs(asked(arguments)) do
    local command = add_command(parser, name)
    commands[command.name] = command
  end
  return parser, commands
end

local function read_common(arguments)
  local now = arguments.now_inner or arguments.now_after or arguments.now_before
  arguments.now = now and problem.check(core.system.time(now)) or core.system.now()
  local fault = now and bounds.day_fault(core.system.local_text(arguments.now):sub(1, 10))
  if fault then problem.raise("--now: %s", fault) end
  arguments.workspace = arguments.workspace_inner or arguments.workspace_after or arguments.workspace_before
  arguments.folder = arguments.workspace or "."
end

-- Wrong usage: one line, and where the right one is told.
local function usage(message, arguments)
  local found = asked(arguments)
  local of = #found == 1 and " " .. found[1] or ""
  message = message:gsub("%s*\n%s*", "; "):gsub("; Did you mean", "; did you mean")
  io.stderr:write("waymark: ", message, ("; see: waymark%s --help\n"):format(of))
  return exit.usage
end

local function choose(arguments, commands)
  if arguments.code and arguments.command then return nil, "-e goes with no command" end
  if arguments.code then return (require "waymark.commands.run") end
  local command = commands[arguments.command]
  local misuse = command and command.misuse and command.misuse(arguments)
  if misuse then return nil, misuse end
  return command
end

-- A message may name what strangers wrote: a file, a name in a template.
local function shown(message)
  local ok, text = pcall(string.gsub, message, "[^\n]+", core.escape)
  return ok and text or (message:gsub("[^\n -~]", "?")) -- there is no memory to escape it
end

-- Plugins that could not be loaded, and that the command went on without.
local function say_failures(space)
  local failures = space and space.plugin_failures or {}
  for _, failure in ipairs(failures) do io.stderr:write("waymark: ", shown(failure.message), "\n") end
  return #failures > 0 and exit.left_out or exit.done
end

-- Made now: without memory nothing can be.
local no_memory = problem.new { what = "out of memory",
  todo = "close other programs or use a machine with more memory" }

-- What was raised as a problem, if it is one, or if memory was short, or a part of the program could not be read,
-- wherever that was met; else nil.
local function problem_of(raised)
  if problem.is(raised) then return raised end
  if type(raised) ~= "string" then return nil end
  if raised:find "out of memory" or raised:find "not enough memory" then return no_memory end
  local part = raised:match "module '([^'\n]+)' not found" or raised:match "error loading module '([^'\n]+)'"
  return part and problem.new { what = ('cannot read "%s", which Waymark is made of or needs'):format(part),
    todo = "look at the disk, or install Waymark and its packages again", machine = true } or nil
end

-- A fault that is none of ours: data that are not as they were recorded. The problem; nil when `check` finds nothing.
local function damage(folder)
  local store, message, is_machine = core.store.open(folder .. "/waymark.db", "read")
  local findings = store and store:check() or is_machine and { message } or {}
  if store then store:close() end
  if #findings == 0 then return nil end
  return problem.of("the workspace is not as it was recorded: %s%s; look at: waymark check, and restore a backup",
    findings[1], #findings > 1 and (", and %d more"):format(#findings - 1) or "")
end

-- arguments: a list; home: the folder of the program. A problem becomes one line on standard error. Lua hands what it
-- has no memory for to no handler. -> exit status
function cli.main(arguments, home)
  paths.set_home(home)
  local command, parsed -- as soon as they are known
  local ok, result = xpcall(function()
    local parser, commands = new_parser(arguments)
    local is_usage, read = parser:pparse(arguments)
    if not is_usage then return usage(tostring(read), arguments) end
    local fault
    parsed = read
    command, fault = choose(parsed, commands)
    if fault then return usage(fault, arguments) end
    if not command then
      print(parser:get_help())
      return exit.usage
    end
    read_common(parsed)
    return math.max(command.run(parsed) or exit.done, parsed.hooks_status or exit.done, say_failures(parsed.space))
  end, function(raised)
    return problem_of(raised)
      or debug.traceback("waymark: a fault in Waymark itself; please report it:\n" .. tostring(raised), 2)
  end)
  if ok then return result end
  result = problem_of(result) or result
  if not problem.is(result) then
    local is_looked_at, found = pcall(damage, parsed and parsed.folder)
    result = is_looked_at and found or result
  end
  io.stdout:flush()
  if core.system.is_stopped() then
    io.stderr:write("waymark: stopped by Ctrl-C; ", parsed and parsed.space and parsed.space.is_changed
      and "what was recorded by then is kept" or "nothing was recorded", "\n")
    return exit.stopped
  end
  if not (command and parsed.space and parsed.space.is_changed) or command.is_in_parts then
    io.stderr:write(problem.is(result) and "waymark: " .. shown(tostring(result)) or result, "\n")
    return exit.cannot
  end
  io.stderr:write("waymark: it is done, and what it changed is kept; but what was to follow is not: ",
    problem.is(result) and shown(tostring(result)) or result, "\n")
  return exit.left_out
end

return cli.main
