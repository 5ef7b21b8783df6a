-- manifest: what plugin.lua says of a plugin, checked; and its options.
--
-- plugin.lua returns one table and is evaluated alone, before anything else of
-- the plugin:
--   name, version, api, title, licence, requires, extends, reads,
--   sends     of "mail", "note", "follow-up": what its hooks may ask for
--   options   { name = { default =, type =, least =, most =, choices =, help = } }
--   configure { PLUGIN = { option = value } } for the plugins it extends

local core = require "core"
local check = require "check"
local declared = require "api_fields"

local manifests = {}

manifests.api = declared.level
manifests.grants, manifests.sends = declared.choices.grant, declared.choices.sends

local function check_list(list, known_names, what)
  for _, name in ipairs(list or {}) do
    local known = false
    for _, each in ipairs(known_names) do known = known or each == name end
    if not known then return ('%s "%s"%s'):format(what, name, check.did_you_mean(name, known_names)) end
  end
end

local function check_options(manifest)
  for _, name in ipairs(check.names(manifest.options or {})) do
    local option = manifest.options[name]
    local fault = check.fields(option, declared.fields.option, ('option "%s"'):format(name))
      or check.value(option.default, option, name)
    if fault then return fault end
  end
end

-- A level that this version lacks: said before anything else, since its plugins may have
-- fields that are not known here.
local function level_fault(manifest)
  local api = type(manifest) == "table" and manifest.api
  if math.type(api) ~= "integer" or api == manifests.api then return nil end
  return ("plugin.lua: it is written for API level %d, this Waymark has level %d; %s"):format(api, manifests.api,
    api > manifests.api and "update Waymark, or ask for a version of the plugin for level " .. manifests.api
    or "ask for a newer version of the plugin")
end

-- nil, or what is wrong with the table that plugin.lua returned.
function manifests.fault(manifest, name)
  local fault = level_fault(manifest) or check.fields(manifest, declared.fields.manifest, "plugin.lua")
  if fault then return fault end
  if manifest.name ~= name then
    return ('plugin.lua: its name is "%s", its folder "%s": make them the same'):format(manifest.name, name)
  end
  return check_list(manifest.reads, manifests.grants, "reads: there is no field")
    or check_list(manifest.sends, manifests.sends, "sends: there is no effect") or check_options(manifest)
end

local function set_options(config, manifest, values, where)
  for _, name in ipairs(check.names(values)) do
    local option = (manifest.options or {})[name]
    if not option then
      error(('%s: "%s" has no option "%s"%s'):format(where, manifest.name, name,
        check.did_you_mean(name, check.names(manifest.options or {}))), 0)
    end
    local fault = check.value(values[name], option, name)
    if fault then error(where .. ": " .. fault, 0) end
    config[name] = values[name]
  end
end

-- The options of one plugin: its defaults, what plugins that extend it
-- configure, and last what the settings say.
function manifests.config(manifest, configured, settings)
  local config = {}
  for name, option in next, manifest.options or {} do config[name] = option.default end
  for _, each in ipairs(configured) do
    set_options(config, manifest, each.values, each.by .. "/plugin.lua, configure")
  end
  set_options(config, manifest, settings or {}, "waymark.lua")
  return config
end

-- What the host is told.
function manifests.declared(manifest)
  return {
    name = manifest.name, version = manifest.version, api = manifest.api, title = manifest.title,
    licence = manifest.licence, requires = core.array(manifest.requires or {}), extends = manifest.extends,
    reads = core.array(manifest.reads or {}), sends = core.array(manifest.sends or {}),
    options = manifest.options or {},
  }
end

return manifests
