-- waymark plugin new: a folder with a plugin that works, and its spec.

local common = require "waymark.commands.common"
local core = require "waymark.core"
local files = require "waymark.files"
local plugin_common = require "waymark.commands.plugin_common"
local plugins = require "waymark.plugins"
local problem = require "waymark.problem"
local templates = require "waymark.plugin_templates"
local check = core.sdk "check"

local command = { summary = "Make a new plugin that works at once, with its spec.",
  example = "waymark plugin new oakfield --kind step" }

function command.options(parser)
  parser:argument("name", "Its name: lower case letters, digits, hyphens.")
  parser:option("--kind", "road-map (its own steps), step (one more for another plugin's), hook (told of what happens)"
    .. " or import-profile."):choices { "road-map", "step", "hook", "import-profile" }:default "step"
  parser:option("--extends", "With --kind step: the plugin whose road map it adds to."):argname "NAME":default "essex"
  common.dry_run(parser)
end

local function check_name(arguments)
  local name = arguments.name
  if not name:find "^[a-z][a-z0-9-]*$" or name:find "%-$" or #name > 40 then
    local near = name:lower():gsub("[^a-z0-9]+", "-"):gsub("^[^a-z]+", ""):gsub("%-+$", ""):sub(1, 40)
    problem.raise('"%s" is no name for a plugin: lower case letters, digits and hyphens, a letter first%s', name,
      near ~= "" and ("; try: waymark plugin new %s"):format(near) or "")
  end
  for _, plugin in ipairs(plugins.available(arguments.folder)) do
    if plugin.name == name then
      problem.raise('there is a plugin "%s" already, in %s; choose another name', name, plugin.folder)
    end
  end
end

-- The plugin that is extended: { NAME, READS, AFTER } for its texts.
local function parent_words(arguments, words)
  local context, space = plugin_common.context(arguments)
  local set = plugins.load_set(arguments.extends, context)
  local declared = plugins.declare(set, plugin_common.options(space), context)
  if space then space:close() end
  if #declared.steps == 0 then
    problem.raise("%s has no road map to add a step to; give another with --extends, or use --kind road-map",
      arguments.extends)
  end
  local reads = { '"registers"' }
  for _, grant in ipairs(plugins.granted(set)) do
    if grant ~= "registers" then reads[#reads + 1] = ('"%s"'):format(grant) end
  end
  local after = declared.steps_by_name["absence-callback"] and "absence-callback" or declared.steps[1].name
  words.PARENT, words.READS, words.AFTER = arguments.extends, table.concat(reads, ", "), after
end

local function make_folders(path, name)
  local at = path
  problem.check(files.make_folder(at))
  for part in name:gmatch "([^/]+)/" do
    at = at .. "/" .. part
    problem.check(files.make_folder(at))
  end
end

local function write(folder, texts, words)
  for _, name in ipairs(check.names(texts)) do
    make_folders(folder, name)
    problem.check(files.write(folder .. "/" .. name, (texts[name]:gsub("%u%u%u%u+", words))))
  end
end

local function say(arguments, folder, texts)
  print(("%s %s: %s."):format(arguments.dry_run and "Would make" or "Made", folder, templates.about[arguments.kind]))
  for _, name in ipairs(check.names(texts)) do print(("  %s/%s"):format(folder, name)) end
  if arguments.dry_run then
    print "This was a dry run: nothing was written."
  else
    print(("Next: waymark plugin test %s; and to use it, use \"%s\" in waymark.lua."):format(arguments.name,
      arguments.name))
  end
end

function command.run(arguments)
  check_name(arguments)
  if arguments.kind == "import-profile" then
    problem.raise("import profiles are not offered by this version of Waymark, so there is nothing to make; "
      .. "name the columns of the file as the manual says under import, or have them exported so")
  end
  local words = { NAME = arguments.name }
  if arguments.kind == "step" then parent_words(arguments, words) end
  local above = arguments.folder .. "/plugins"
  local folder = above .. "/" .. arguments.name
  if files.exists(folder) then problem.raise("%s is there already; choose another name, or remove it", folder) end
  local texts = templates[arguments.kind]
  if not arguments.dry_run then
    problem.check(files.make_folder(above))
    problem.check(files.make_folder(folder))
    write(folder, texts, words)
  end
  say(arguments, folder, texts)
end

return command
