-- waymark plugin test: a plugin's specs, by Busted. The specs are programs of their
-- author and run with the rights of whoever starts them; the plugin they try runs in
-- its worker, as ever.

local core = require "waymark.core"
local files = require "waymark.base.files"
local kit_golden = require "waymark.kit.golden"
local plugin_folder = require "waymark.author.folder"
local problem = require "waymark.base.problem"

local command = {
  summary = "Run a plugin's specs with Busted, the plugin in its worker. Specs run with your rights: read them first.",
  example = "waymark plugin test oakfield",
}

function command.options(parser)
  parser:argument("name", "The plugin, or its folder.")
  parser:flag("--update", "Write the golden files anew, instead of comparing with them.")
  parser:option("--filter", "Only tests whose name holds this."):argname "TEXT"
end

local function has_specs(path)
  local has = false
  for _, name in ipairs(files.names(path)) do
    local inner = path .. "/" .. name
    local kind = files.kind(inner)
    if kind == "directory" then
      has = has_specs(inner) or has
    elseif name:find "_spec%.lua$" and kind ~= "file" then
      error(problem.at(core.escape(inner), nil, "this is a %s; a spec is a plain file", kind), 0)
    elseif name:find "_spec%.lua$" then
      has = true
    end
  end
  return has
end

-- The report of the kit, counting the tests that ran: a function to ask afterwards.
local function counter()
  local count = 0
  package.preload["waymark.kit.report_counted"] = function()
    return function(options)
      require("busted").subscribe({ "test", "end" }, function()
        count = count + 1
        return nil, true
      end)
      return require "waymark.kit.report"(options)
    end
  end
  return function() return count end
end

-- Busted ends the program when something failed; here its exit becomes a status.
local function run_busted(runner, words)
  local exit, mark, status = os.exit, {}, 0
  os.exit = function(code) -- luacheck: ignore 122
    status = (code == true or code == 0) and 0 or 1
    error(mark, 0)
  end
  _G.arg = words
  local ok, raised = pcall(runner, { standalone = false })
  os.exit = exit -- luacheck: ignore 122
  if not ok and raised ~= mark then error(raised, 0) end
  return status
end

function command.run(arguments)
  local path, is_folder = plugin_folder.find(arguments.name, arguments.folder)
  if is_folder then print(("The plugin in the folder %s:"):format(core.escape(path))) end
  local specs = path .. "/spec"
  if not has_specs(specs) then
    problem.raise("%s has no specs; write one as %s/first_spec.lua (waymark plugin new shows what one looks like)",
      arguments.name, specs)
  end
  local ok, runner = pcall(require, "busted.runner")
  if not ok then
    problem.raise "specs need Busted, which is not installed; install it (in Debian: apt install lua-busted)"
  end
  kit_golden.update = kit_golden.update or arguments.update or false
  local count = counter()
  local words = { "--config-file=" .. package.searchpath("waymark.kit.busted", package.path),
    "--output=waymark.kit.report_counted", "--pattern=_spec%.lua$" }
  if arguments.filter then words[#words + 1] = "--filter=" .. arguments.filter:gsub("%p", "%%%0") end
  words[#words + 1] = specs
  local status = run_busted(runner, words)
  if status == 0 and count() == 0 then
    problem.raise("%s", arguments.filter and ('no test of %s holds "%s"'):format(arguments.name, arguments.filter)
      or ("%s has no tests; write one with it(\"…\", function() … end) in %s"):format(arguments.name, specs))
  end
  return status
end

return command
