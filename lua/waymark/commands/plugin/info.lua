-- waymark plugin info: what a plugin is, what it may see and ask for in plain words,
-- and what it brings.

local core = require "waymark.core"
local plugin_common = require "waymark.commands.shared.plugin"
local plugins = require "waymark.plugin"
local problem = require "waymark.base.problem"
local purposes = require "waymark.plugin.purposes"
local terminal = require "waymark.base.terminal"
local words = require "waymark.plugin.words"

local info = { summary = "What a plugin is, what it may see of pupils, and what it may ask for.",
  example = "waymark plugin info essex" }

function info.options(parser)
  parser:argument("name", "The plugin.")
  parser:option("--format", "table (to read) or json."):choices { "table", "json" }:default "table"
end

-- Plain words ----------------------------------------------------------------------

local short = { registers = "registers", ["pupil.upn"] = "UPNs", ["pupil.name"] = "names",
  ["pupil.groups"] = "year and form", ["pupil.dob"] = "dates of birth", ["pupil.sex"] = "sex",
  sensitive = "special needs and free meals", contacts = "contacts", cases = "what staff recorded" }

local function joined(list, last)
  if #list < 2 then return list[1] or "" end
  return ("%s %s %s"):format(table.concat(list, ", ", 1, #list - 1), last, list[#list])
end

local function print_list(title, names, meanings, none)
  print(title)
  for _, name in ipairs(names) do print(("  - %s"):format(meanings[name] or name)) end
  if #names == 0 then print("  - " .. none) end
end

local function print_grants(manifest)
  print_list("What it sees of pupils:", manifest.reads, words.grants, "nothing")
  local besides, seen = words.others(manifest.consults, manifest.reads), { table.unpack(manifest.reads) }
  table.move(besides, 1, #besides, #seen + 1, seen)
  if #besides > 0 then
    print_list("What it sees besides, when one pupil is looked at:", besides, words.grants)
  end
  local unseen = {}
  for _, name in ipairs(words.others(words.all_grants, seen)) do unseen[#unseen + 1] = short[name] end
  if #unseen > 0 then print(("It does not see: %s."):format(joined(unseen, "or"))) end
  print_list("What it may ask for:", manifest.sends, words.sends, "nothing: it suggests, and people decide")
  print "It has no way to the internet, to files or to e-mail: Waymark itself writes what it asks for."
end

-- What it brings --------------------------------------------------------------------

local function print_table(title, columns, rows)
  if #rows == 0 then return end
  print(terminal.paint("bold", "\n" .. title))
  terminal.table(columns, rows)
end

-- Its own; of those that it has from others it is said where they are listed.
local function print_options(set, manifest, declared)
  local rows, more = {}, false
  for _, row in ipairs(plugin_common.option_rows(set, declared, manifest.name)) do
    if row.plugin == manifest.name then
      rows[#rows + 1] = { row.option, row.now, row.default, row.range, row.help }
    else
      more = true
    end
  end
  print_table("Options", { { title = "option" }, { title = "now" }, { title = "default" }, { title = "range" },
    { title = "what it does", most = 100 } }, rows)
  if more then
    print(("\nBesides, it has the options of what it extends; see: waymark plugin options %s"):format(manifest.name))
  end
end

local function rules_of(manifest, declared)
  local list = core.array {}
  for _, rule in ipairs(declared.rules) do
    local spec = rule.spec
    if rule.plugin == manifest.name then
      list[#list + 1] = { name = rule.name, kind = rule.kind, at_least = spec.at_least, weeks = spec.weeks,
        edition = spec.edition }
    end
  end
  return list
end

local function print_rules(manifest, declared)
  local rows = {}
  for i, rule in ipairs(rules_of(manifest, declared)) do
    rows[i] = { rule.name, rule.kind, rule.at_least and tostring(rule.at_least) or "",
      rule.weeks and rule.weeks .. " school weeks" or "", rule.edition or "" }
  end
  print_table("Rules", { { title = "rule" }, { title = "kind" }, { title = "at least" }, { title = "over" },
    { title = "from", most = 100 } }, rows)
end

local function print_law(declared)
  local rows = {}
  for i, row in ipairs(declared.law) do
    rows[i] = { row.from and core.date.english(row.from):gsub("^%a+ ", "") or "not in force yet", row.title,
      row.words, row.edition }
  end
  print_table("Law by the day from which it holds", { { title = "from" }, { title = "what" },
    { title = "what it says", most = 100 }, { title = "where", most = 100 } }, rows)
end

-- The codes of attendance that it declares itself: what a mark means, to everybody.
local function codes_of(manifest, declared)
  local rows = {}
  for _, code in ipairs(declared.codes) do
    if code.plugin == manifest.name then
      rows[#rows + 1] = { code = code.text, class = code.class, meaning = code.meaning, from = code.from, to = code.to }
    end
  end
  return rows
end

local function print_codes(manifest, declared)
  local rows = {}
  for i, code in ipairs(codes_of(manifest, declared)) do
    rows[i] = { code.code, code.class, code.from or "", code.to or "", code.meaning }
  end
  print_table("Codes of attendance that it declares", { { title = "code" }, { title = "class" }, { title = "from" },
    { title = "to" }, { title = "meaning", most = 100 } }, rows)
end

local function print_steps(title, declared, further)
  local rows, steps, is_formal = {}, {}, further
  for _, step in ipairs(declared.steps) do
    if step.further == further then
      if not is_formal and purposes.is_formal(step) then rows[#rows + 1], is_formal = { "", purposes.heading }, true end
      steps[#steps + 1] = step
      rows[#rows + 1] = { step.name, step.title, step.principle, step.plugin, step.suggests and "yes" or "" }
    end
  end
  print_table(title, { { title = "step" }, { title = "title" }, { title = "principle" },
    { title = "from plugin" }, { title = "suggests" } }, rows)
  local lines = purposes.lines(steps, core.system.width())
  if #lines > 0 then print("\n" .. table.concat(lines, "\n")) end
end

local function print_profiles(declared)
  local rows = {}
  for i, each in ipairs(declared.profiles or {}) do
    rows[i] = { each.name, each.title, table.concat(each.confirmed, "; "), table.concat(each.believed, "; ") }
  end
  print_table("Profiles, which say how exports are read", { { title = "profile" }, { title = "of", most = 100 },
    { title = "confirmed", most = 300 }, { title = "best knowledge", most = 300 } }, rows)
end

local function print_for_people(set, plugin, manifest, declared)
  print(terminal.paint("bold", ("%s %s"):format(manifest.name, manifest.version)) .. "  " .. (manifest.title or ""))
  print_grants(manifest)
  if #manifest.requires > 0 then print("Needs: " .. table.concat(manifest.requires, ", ")) end
  if manifest.extends then print("Extends: " .. manifest.extends) end
  if #declared.hooks > 0 then print_list("Is told when:", declared.hooks, words.events) end
  print(terminal.paint("dim", ("%s, digest %s"):format(plugin.folder, plugin.digest:sub(1, 16))))
  print_options(set, manifest, declared)
  print_codes(manifest, declared)
  print_rules(manifest, declared)
  print_law(declared)
  print_profiles(declared)
  print_steps("Road map", declared, false)
  print_steps("Can be recorded besides", declared, true)
end

local function encoded(set, plugin, manifest, declared)
  return problem.check(core.encode({ name = manifest.name, version = manifest.version, api = manifest.api,
    title = manifest.title, licence = manifest.licence, requires = core.array(manifest.requires),
    extends = manifest.extends, reads = core.array(manifest.reads), consults = core.array(manifest.consults),
    sends = core.array(manifest.sends),
    hooks = core.array(declared.hooks), folder = plugin.folder, digest = plugin.digest,
    set_digest = plugins.set_digest(set),
    options = core.array(plugin_common.option_rows(set, declared, manifest.name)),
    codes = core.array(codes_of(manifest, declared)), returns = core.array(declared.returns),
    rules = rules_of(manifest, declared), law = declared.law,
    profiles = core.array(declared.profiles or {}),
    steps = core.array(declared.steps) }, 2))
end

function info.run(arguments)
  local context, space = plugin_common.context(arguments)
  local set = plugins.load_set(arguments.name, context)
  local plugin = set.by_name[arguments.name]
  local manifest = plugins.manifest(plugin)
  local declared = plugins.declare(set, plugin_common.options(space), context)
  if arguments.format == "json" then
    print(encoded(set, plugin, manifest, declared))
  else
    print_for_people(set, plugin, manifest, declared)
  end
  if space then space:close() end
end

return info
