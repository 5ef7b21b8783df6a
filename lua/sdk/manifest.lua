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

local manifests = {}

manifests.api = 1
manifests.grants = { "registers", "pupil.upn", "pupil.name", "pupil.groups", "pupil.dob", "pupil.sex",
  "sensitive", "contacts", "cases" }
manifests.sends = { "mail", "note", "follow-up" }

local schema = {
  name = { type = "text", required = true },
  version = { type = "text", required = true },
  api = { type = "integer", required = true },
  title = { type = "text" },
  licence = { type = "text" },
  requires = { type = "list", of = "text" },
  extends = { type = "text" },
  reads = { type = "list", of = "text" },
  sends = { type = "list", of = "text" },
  options = { type = "table" },
  configure = { type = "table" },
}

local option_schema = {
  default = { required = true },
  type = { type = "text", choices = { "text", "number", "integer", "boolean", "list", "duration" } },
  least = { type = "number" },
  most = { type = "number" },
  choices = { type = "list" },
  of = { type = "text" },
  help = { type = "text", required = true },
}

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
    local fault = check.fields(option, option_schema, ('option "%s"'):format(name))
      or check.value(option.default, option, name)
    if fault then return fault end
  end
end

-- nil, or what is wrong with the table that plugin.lua returned.
function manifests.fault(manifest, name)
  local fault = check.fields(manifest, schema, "plugin.lua")
  if fault then return fault end
  if manifest.name ~= name then
    return ('plugin.lua: its name is "%s", its folder "%s": make them the same'):format(manifest.name, name)
  end
  if manifest.api ~= manifests.api then
    return ("plugin.lua: it is written for API level %d, this Waymark has level %d; %s"):format(manifest.api,
      manifests.api, manifest.api > manifests.api and "update Waymark" or "ask for a newer version of the plugin")
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
