-- manifest: what plugin.lua says of a plugin, checked; and its options.
--
-- plugin.lua returns one table and is evaluated alone, before anything else of
-- the plugin:
--   name, version, api, title, licence, requires, extends, reads,
--   consults  further fields of pupils, when one of them is looked at
--   sends     of "mail", "note", "follow-up": what its hooks may ask for
--   options   { name = { default =, type =, least =, most =, choices =, help = } }
--   configure { PLUGIN = { option = value } } for the plugins it extends
--
-- Options are inherited: a plugin that extends another has those of its parent. An option
-- that both declare is the child's, and the parent sees the child's value.
--
--   manifests.chains(list)        each plugin after those that it extends, for every last one
--   manifests.options(chain)      { name = { option =, plugin = } }: what the last one has
--   manifests.configs(chain, …)   what each of them reads as `config`

local core = require "core"
local check = require "check"
local declared = require "made.fields"

local manifests = {}

manifests.api = declared.level
manifests.grants, manifests.sends = declared.choices.grant, declared.choices.sends

local most_line, most_help = 200, 2000 -- bytes of a title, of the help of an option

local function check_lines(manifest)
  for _, name in ipairs { "version", "title", "licence" } do
    local text = manifest[name] or ""
    local fault = text ~= "" and check.line_fault(text, most_line, ('"%s"'):format(name))
    if fault then return fault end
  end
end

local function check_list(list, known_names, what)
  for _, name in ipairs(list or {}) do
    local known = false
    for _, each in ipairs(known_names) do known = known or each == name end
    local nearest = not known and check.did_you_mean(name, known_names)
    if not known then
      return ('%s "%s"%s'):format(what, name, nearest ~= "" and nearest
        or "; there are: " .. table.concat(known_names, ", "))
    end
  end
end

local function check_options(manifest)
  for _, name in ipairs(check.names(manifest.options or {})) do
    local option = manifest.options[name]
    local fault = check.line_fault(name, most_line, "options")
      or check.fields(option, declared.fields.option, ('option "%s"'):format(name))
      or (option.help or "") ~= ""
        and check.line_fault(option.help:gsub("\n", " "), most_help, ('option "%s": help'):format(name))
      or check.value(option.default, option, name)
    if fault then return fault end
  end
end

-- A level that this version lacks, said before anything else, since its plugins may have
-- fields that are not known here.
local function level_fault(manifest)
  local api = type(manifest) == "table" and manifest.api
  if math.type(api) ~= "integer" or api >= 1 and api <= manifests.api then return nil end
  return ("plugin.lua: it is written for API level %d, this Waymark has levels 1 to %d; %s"):format(api, manifests.api,
    api > manifests.api and "update Waymark, or ask for a version of the plugin for level " .. manifests.api
    or "ask for a newer version of the plugin")
end

-- What is there that came after the level of a plugin, if anything: a sentence.
--   manifests.newer_fault("step", fields, 1)
function manifests.newer_fault(form, fields, level)
  local newer = declared.newer.fields[form] or {}
  for _, name in ipairs(check.names_of_schema(newer)) do
    if newer[name] > level and type(fields) == "table" and fields[name] ~= nil then
      return manifests.newer_words(name, newer[name])
    end
  end
end

function manifests.newer_words(name, level)
  return ('"%s" came with API level %d; write api = %d in plugin.lua'):format(name, level, level)
end

-- A right that came after the level of the plugin.
local function newer_right(manifest)
  for _, name in ipairs(manifest.sends or {}) do
    local since = declared.newer.choices.sends[name] or 1
    if since > manifest.api then return "sends: " .. manifests.newer_words(name, since) end
  end
end

-- What a plugin may not ask for, though its hook did: an effect of a kind, with its body. nil, or a
-- sentence. Messages to staff and to families are two rights; "mail" is both.
function manifests.send_fault(manifest, kind, body)
  local right = kind
  if kind == "mail" and type(body.to) == "table" then right = body.to.contacts and "mail-family" or "mail-staff" end
  for _, name in ipairs(manifest.sends or {}) do
    if name == kind or name == right then return nil end
  end
  local name = manifest.api >= 3 and right or kind
  return ('the plugin may not send "%s"; add it to sends in plugin.lua: sends = { "%s" }'):format(name, name)
end

-- nil, or what is wrong with the table that plugin.lua returned.
function manifests.fault(manifest, name)
  local fault = level_fault(manifest) or check.fields(manifest, declared.fields.manifest, "plugin.lua")
    or manifests.newer_fault("manifest", manifest, manifest.api)
  if fault then return fault end
  if manifest.name ~= name then
    return ('plugin.lua: its name is "%s", its folder "%s": make them the same'):format(manifest.name, name)
  end
  return check_list(manifest.reads, manifests.grants, "reads: there is no field")
    or check_list(manifest.consults, manifests.grants, "consults: there is no field")
    or check_list(manifest.sends, manifests.sends, "sends: there is no effect")
    or newer_right(manifest) or check_lines(manifest) or check_options(manifest)
end

-- Options --------------------------------------------------------------------------

-- Plugins ({ name, manifest }) in chains, each after the one that it extends; the last of
-- a chain is extended by none. A plugin that two extend is in both.
function manifests.chains(list)
  local by_name, extended, chains = {}, {}, {}
  for _, plugin in ipairs(list) do by_name[plugin.name] = plugin end
  for _, plugin in ipairs(list) do extended[plugin.manifest.extends or ""] = true end
  for i = #list, 1, -1 do
    local chain, plugin = {}, not extended[list[i].name] and list[i] or nil
    while plugin do
      table.insert(chain, 1, plugin)
      plugin = by_name[plugin.manifest.extends]
    end
    if #chain > 0 then chains[#chains + 1] = chain end
  end
  return chains
end

-- The options that the last of the first `most` plugins of a chain has.
function manifests.options(chain, most)
  local options = {}
  for i = 1, most or #chain do
    for name, option in next, chain[i].manifest.options or {} do
      options[name] = { option = option, plugin = chain[i].name }
    end
  end
  return options
end

local function set_options(config, chain, at, values, where)
  local seen, all = manifests.options(chain, at), manifests.options(chain)
  for _, name in ipairs(check.names(values)) do
    if not seen[name] then
      local nearest = check.did_you_mean(name, check.names(seen))
      error(('%s: "%s" has no option "%s"%s'):format(where, chain[at].name, name, nearest ~= "" and nearest
        or "; see: waymark plugin options " .. chain[at].name), 0)
    end
    local fault = check.value(values[name], all[name].option, name)
    if fault then error(where .. ": " .. fault, 0) end
    config[name] = values[name]
  end
end

-- What a table has of plain data; nothing that could run.
function manifests.plain(value)
  if type(value) == "function" then return nil end
  if type(value) ~= "table" then return value end
  local copy = {}
  for name, each in next, value do copy[name] = manifests.plain(each) end
  return copy
end

-- An option's value for one plugin, which may change it.
function manifests.copy_of(value)
  if type(value) ~= "table" then return value end
  local copy = {}
  for name, each in next, value do copy[name] = manifests.copy_of(each) end
  return copy
end

local function part_of(config, names)
  local part = {}
  for name in next, names do part[name] = config[name] end
  return part
end

-- The options of each plugin of a chain, in its order: the defaults, what plugins
-- configure of others, and last what the settings say. `configured(name)` is a list of
-- { by, values }, `settings(name)` a table or nil.
function manifests.configs(chain, configured, settings)
  local config, configs = {}, {}
  for name, each in next, manifests.options(chain) do config[name] = each.option.default end
  for at, plugin in ipairs(chain) do
    for _, each in ipairs(configured(plugin.name)) do
      set_options(config, chain, at, each.values, each.by .. "/plugin.lua: configure")
    end
  end
  for at, plugin in ipairs(chain) do set_options(config, chain, at, settings(plugin.name) or {}, "waymark.lua") end
  for at in ipairs(chain) do configs[at] = part_of(config, manifests.options(chain, at)) end
  return configs
end

-- What the host is told.
function manifests.declared(manifest)
  return {
    name = manifest.name, version = manifest.version, api = manifest.api, title = manifest.title,
    licence = manifest.licence, requires = core.array(manifest.requires or {}), extends = manifest.extends,
    reads = core.array(manifest.reads or {}), consults = core.array(manifest.consults or {}),
    consults_as_parent = manifest.api >= 3 and manifest.extends ~= nil and manifest.consults == nil or nil,
    sends = core.array(manifest.sends or {}), options = manifest.options or {}, codes = manifest.codes,
  }
end

return manifests
