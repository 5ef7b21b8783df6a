-- waymark plugin new: a folder with a plugin that works, and its spec.

local common = require "waymark.commands.shared.common"
local core = require "waymark.core"
local plugin_common = require "waymark.commands.shared.plugin"
local new = require "waymark.plugin.new"
local plugins = require "waymark.plugin"
local problem = require "waymark.base.problem"
local road_map = require "waymark.plugin.road_map"
local templates = require "waymark.author.templates"
local terminal = require "waymark.base.terminal"
local check = core.sdk "check"

local command = { summary = "Make a new plugin that works at once, with its spec.",
  example = "waymark plugin new oakfield --kind step" }

function command.options(parser)
  parser:argument("name", "Its name: lower case letters, digits, hyphens.")
  parser:option("--kind", "road-map (its own steps), step (one more for another plugin's) or hook (told of what "
    .. "happens)."):choices { "road-map", "step", "hook" }:default "step"
  parser:option("--extends", "With --kind step: the plugin whose road map it adds to (the one in use, "
    .. "or else the general one)."):argname "NAME"
  common.dry_run(parser)
end

local function check_name(arguments)
  local name = arguments.name
  if not name:find "^[a-z][a-z0-9-]*$" or name:find "%-$" or #name > 40 then
    local near = name:lower():gsub("[^a-z0-9]+", "-"):gsub("^[^a-z]+", ""):gsub("%-+$", ""):sub(1, 40)
    problem.raise('"%s" is no name for a plugin: lower case letters, digits and hyphens, a letter first%s', name,
      near ~= "" and ("; try: waymark plugin new %s"):format(near) or "")
  end
  new.check(name, arguments.folder)
end

local function general(context)
  local map = road_map.general(road_map.available(context))
    or problem.raise "there is no road map to add to; name a plugin with --extends, or use --kind road-map"
  return map.name
end

-- The fields of plugin.lua that grant a plugin what another one is granted.
local function grants_of(set)
  local reads, lines = { "registers" }, {}
  for _, grant in ipairs(plugins.granted(set)) do
    if grant ~= "registers" then reads[#reads + 1] = grant end
  end
  local consults = set.by_name[set.served].manifest.consults or {}
  for _, each in ipairs { { "reads", reads }, { "consults", consults } } do
    local text = ("%s = { \"%s\" },"):format(each[1], table.concat(each[2], '", "'))
    if #each[2] > 0 then lines[#lines + 1] = text end
  end
  return table.concat(lines, "\n  ")
end

-- The plugin that is extended: { PARENT, GRANTS, AFTER } for its texts; the new step listens,
-- and comes after the first that does. -> its load set
local function parent_words(parent, is_usual, words, context, space)
  local set = plugins.load_set(parent, context)
  local declared = plugins.declare(set, plugin_common.options(space), context)
  if #declared.steps == 0 then
    problem.raise("%s has no road map to add a step to; give another with --extends, or use --kind road-map", parent)
  end
  if is_usual and declared.steps_by_name["keep-in-touch"] then
    problem.raise('%s, which is in use here, has the step "keep-in-touch" already, and the new one would be called so; '
      .. "name the plugin to add to with --extends", parent)
  end
  words.PARENT, words.GRANTS, words.AFTER = parent, grants_of(set), declared.steps[1].name
  for _, step in ipairs(declared.steps) do
    if step.principle == "listen" then
      words.AFTER = step.name
      break
    end
  end
  return set
end

-- A school follows one road map: the `use` lines that cannot stay beside the new plugin,
-- which extends those of `set`.
local function instead_of(space, context, set)
  local list = {}
  for _, use in ipairs(space and space.settings.all_uses or {}) do
    if not list[use.name] and not (set and set.by_name[use.name]) then
      local ok, declared = pcall(function()
        return plugins.declare(plugins.load_set(use.name, context), plugin_common.options(space), context)
      end)
      if ok and #declared.steps > 0 then -- it brings a road map
        list[#list + 1], list[use.name] = ('use "%s"'):format(use.name), true
      end
    end
  end
  return #list > 0 and " instead of " .. table.concat(list, " and ") or ""
end

-- -> what stands in the texts, and the end of the advice
local function look(arguments)
  local words, context, space = { NAME = arguments.name }, plugin_common.context(arguments)
  local set
  if arguments.kind == "step" then
    local parent = arguments.extends
    for _, map in ipairs(not parent and space and space:load_plugins(true).maps or {}) do
      parent = parent or map.declared and map.served -- the road map in use, where one can be read
    end
    parent = parent or general(context)
    set = parent_words(parent, not arguments.extends, words, context, space)
  elseif arguments.kind == "hook" then
    words.PARENT = general(context)
  end
  local instead = arguments.kind ~= "hook" and instead_of(space, context, set) or ""
  if space then space:close() end
  return words, instead, space ~= nil
end

local function say(arguments, folder, texts, instead, has_space)
  if not has_space then
    print(("There is no workspace in %s (no waymark.lua), so plugins/ is made here."):format(arguments.folder))
  end
  print(("%s %s: %s."):format(arguments.dry_run and "Would make" or "Made", folder, templates.about[arguments.kind]))
  for _, name in ipairs(check.names(texts)) do print(("  %s/%s"):format(folder, name)) end
  if arguments.dry_run then
    print "This was a dry run: nothing was written."
  else
    print(("Next: %s; and to use it, use \"%s\"%s in waymark.lua."):format(
      common.to_type(arguments, "plugin test " .. arguments.name), arguments.name, instead))
  end
end

function command.run(arguments)
  if arguments.extends and arguments.kind ~= "step" then
    terminal.warn("--extends goes with --kind step only; see: waymark plugin new --help")
    return 2
  end
  check_name(arguments)
  local words, instead, has_space = look(arguments)
  local folder = ("%s/plugins/%s"):format(arguments.folder, arguments.name)
  local texts = {}
  for path, text in next, templates[arguments.kind] do texts[path] = text:gsub("%u%u%u%u+", words) end
  if not arguments.dry_run then new.write(arguments.folder, arguments.name, texts) end
  say(arguments, folder, texts, instead, has_space)
end

return command
