-- author/check: what is wrong with a plugin, found by loading it in a worker (which
-- says the first thing that stops it), by reading its files without running them, by asking
-- its steps about the pupils of a workspace, and by luacheck where it is installed.
--
-- A finding is { file, line, what, todo, kind = "error"|"warning"|"advice" }: an error would
-- stop the plugin, or fail it for somebody; a warning would not; with advice nothing is wrong.

local core = require "waymark.core"
local evaluate = require "waymark.ask.evaluate"
local document_check = require "waymark.document.check"
local letters = require "waymark.mail.body"
local luacheck = require "waymark.author.luacheck"
local plugins = require "waymark.plugin"
local problem = require "waymark.base.problem"
local pupils = require "waymark.store.pupils"
local source = require "waymark.plugin.source"
local tables = require "waymark.base.tables"
local words = require "waymark.plugin.words"
local check = core.sdk "check"
local manifests = core.sdk "manifest"

local checks = {}

local function is_lua(name) return name:find "%.lua$" ~= nil end

local function add(list, place, what, todo, kind)
  list[#list + 1] = { file = place.file, line = place.line, what = what, todo = todo, kind = kind or "error" }
end

-- Loading ------------------------------------------------------------------------

-- What stopped a plugin in the worker, where it said it was; whatever names no file of the
-- plugin is about plugin.lua.
local function finding_of_problem(raised, plugin)
  local about, folder = raised.outcome or raised, plugin.name .. "/"
  if about.file == "waymark.lua" then
    return { file = about.file, line = 1, is_settings = true, what = about.what, todo = about.todo or "",
      name = about.name, kind = "error", is_loaded = true }
  end
  local is_own = about.file and about.file:sub(1, #folder) == folder
  local file = is_own and about.file:sub(#folder + 1) or "plugin.lua"
  local what = (is_own or not about.file) and about.what or about.message
  local line = is_own and about.line or about.name and source.line_of(plugin.files[file] or "", about.name)
  return { file = file, line = line or 1, what = what, todo = what == about.what and about.todo or "",
    name = about.name, kind = "error", is_loaded = true }
end

-- -> set | nil, what is declared | nil, the problem | nil
local function load(name, options, context)
  local ok, set = pcall(plugins.load_set, name, context)
  if not ok and not problem.is(set) then error(set, 0) end
  if not ok then return nil, nil, set end
  local fine, declared = pcall(plugins.declare, set, options, context)
  if not fine and not problem.is(declared) then error(declared, 0) end
  return set, fine and declared or nil, not fine and declared or nil
end

-- Reading --------------------------------------------------------------------------

local function own_names(plugin)
  local set = {}
  for _, name in ipairs(plugin.names) do
    if is_lua(name) then source.own_names(plugin.files[name], set) end
  end
  return set
end

-- Everything that a plugin's files read and ask for, each with where first.
-- `set` is the load set, nil if it could not be read.
local function read_files(plugin, manifest, set)
  local all = { uses = {}, everyone = {}, recipients = {}, asks = {}, options = {}, templates = {}, roles = {},
    findings = {} }
  local methods = own_names(plugin)
  local options = manifest and (set and manifests.options(plugins.chain(set, plugin.name)) or manifest.options or {})
  for _, name in ipairs(plugin.names) do
    if is_lua(name) and not (plugin.unread and plugin.unread[name]) then
      local file = source.read(plugin.files[name], { is_manifest = name == "plugin.lua",
        is_module = name == "init.lua", is_profile = name:find "^profiles/" ~= nil, methods = methods,
          api = manifest and manifest.api,
        options = name ~= "plugin.lua" and options or nil })
      for _, kind in ipairs { "uses", "everyone", "asks", "recipients", "options", "templates", "roles" } do
        for what, line in pairs(file[kind]) do all[kind][what] = all[kind][what] or { file = name, line = line } end
      end
      all.any_option = all.any_option or file.any_option
      all.names_pupil = all.names_pupil or file.names_pupil
      all.makes_rules = all.makes_rules or file.makes_rules
      for _, each in ipairs(file.findings) do
        each.file = name
        all.findings[#all.findings + 1] = each
      end
    end
  end
  return all
end

-- Fields of pupils, and options, that templates have places for.
local function read_templates(plugin, all)
  for _, name in ipairs(plugin.names) do
    local line = 0
    for text in (name:find "^templates/" and plugin.files[name] or ""):gmatch "[^\n]*" do
      line = line + 1
      for owner, field in text:gmatch "{{%s*([%w_]+)%.([%w_]+)%s*}}" do
        local is_pupil = name:find "%.txt$" and owner ~= "event" or owner == "pupil"
        local grant = is_pupil and words.pupil[field]
        if grant and grant ~= "" then all.uses[grant] = all.uses[grant] or { file = name, line = line } end
      end
      for option in text:gmatch "{{[#^&{]?%s*options%.([%w_]+)" do
        all.options[option] = all.options[option] or { file = name, line = line }
      end
    end
  end
end

-- The texts of messages: what cannot be read, and fields that no pupil has.
local function check_texts(list, plugin, manifest)
  for _, name in ipairs(plugin.names) do
    local text = name:find "^templates/.*%.txt$" and plugin.files[name]
    local fault = text and letters.text_fault(text, name, manifest.api)
    if fault then add(list, { file = name, line = fault.line or 1 }, fault.what, fault.todo or "") end
    local line = 0
    for row in (text or ""):gmatch "[^\n]*" do
      line = line + 1
      for field in row:gmatch "{{%s*pupil%.([%w_]+)%s*}}" do
        local nearest = not words.pupil[field] and check.did_you_mean(field, check.names(words.pupil))
        if nearest then
          add(list, { file = name, line = line }, ('a pupil has no field "%s"'):format(field),
            nearest ~= "" and nearest:sub(3) or "its fields are in: waymark help pupil")
        end
      end
    end
  end
end

local function read(plugin, manifest, set)
  local all = read_files(plugin, manifest, set)
  read_templates(plugin, all)
  return all
end

-- Grants -----------------------------------------------------------------------------

local function in_manifest(plugin, name) return { file = "plugin.lua",
  line = source.line_of(plugin.files["plugin.lua"], name) } end

-- Which of the two a field is needed in, reading alone cannot always tell.
local function is_granted(manifest, name)
  return tables.has(manifest.reads, name) or tables.has(manifest.consults, name)
end

-- What the plugin that this extends is granted, and this one is not.
local function check_parent(list, plugin, manifest, all)
  local parent = plugin.parent
  for _, name in ipairs(parent and parent.manifest.reads or {}) do
    if not tables.has(manifest.reads, name) and not all.uses[name] then
      add(list, in_manifest(plugin, "reads"), ('%s, which this extends, reads "%s"'):format(parent.name, name),
        ('add "%s" to reads'):format(name))
    end
  end
  local missing = {}
  for _, name in ipairs(parent and parent.manifest.consults or {}) do
    if not is_granted(manifest, name) then missing[#missing + 1] = ('"%s"'):format(name) end
  end
  if #missing > 0 then
    local names = table.concat(missing, ", ")
    add(list, in_manifest(plugin, "consults"), ("%s, which this extends, consults %s"):format(parent.name, names),
      ("add to plugin.lua: consults = { %s }%s"):format(names, manifest.api == 1 and ", and api = 2" or ""))
  end
end

-- What a plugin needs in `sends` for an effect: of a message by whom it names, from level 3 on.
local function rights_of(effect, manifest, all)
  local rights = effect == "mail" and manifest.api >= 3 and check.names(all.recipients) or {}
  return #rights > 0 and rights or { effect }
end

local function check_given(list, plugin, manifest, all)
  for _, name in ipairs(check.names(all.uses)) do
    if not is_granted(manifest, name) then
      add(list, all.uses[name], ('this reads "%s", which is not granted'):format(name),
        ('add "%s" to reads in plugin.lua'):format(name))
    elseif all.everyone[name] and not tables.has(manifest.reads, name) then
      add(list, all.everyone[name], ('this reads "%s" of every pupil, and consults grants it of one at a time'):format(
        name), ('add "%s" to reads in plugin.lua'):format(name))
    end
  end
  for _, name in ipairs(check.names(all.asks)) do
    local rights = rights_of(name, manifest, all)
    for _, right in ipairs(tables.has(manifest.sends, name) and {} or rights) do
      if not tables.has(manifest.sends, right) then
        add(list, all.recipients[right] or all.asks[name],
          ('this asks for "%s", which the plugin may not'):format(right),
          ('add "%s" to sends in plugin.lua'):format(right))
      end
    end
  end
  check_parent(list, plugin, manifest, all)
end

-- Granted, and nothing of the load set wants it.
local function check_wanted(list, plugin, manifest, set, all)
  local uses, asks, named = {}, {}, all.names_pupil
  for _, each in ipairs(set.list) do
    local part = each == plugin and all or read(each, each.manifest, set)
    for name in pairs(part.uses) do uses[name] = true end
    for name in pairs(part.asks) do asks[name] = true end
    for right in pairs(part.recipients) do asks[right] = true end
    named = named or part.names_pupil
    uses.registers = uses.registers or part.makes_rules
  end
  uses["pupil.name"] = uses["pupil.name"] or named
  for _, name in ipairs(manifest.reads or {}) do
    if not uses[name] then
      add(list, in_manifest(plugin, name), ('"%s" is granted, and nothing reads it'):format(name),
        "take it out of reads: families are told what is read", "warning")
    end
  end
  for _, name in ipairs(manifest.sends or {}) do
    local only = name == "mail" and manifest.api >= 3 and asks["mail-staff"] ~= asks["mail-family"]
      and (asks["mail-staff"] and "mail-staff" or "mail-family")
    if not asks[name] then
      add(list, in_manifest(plugin, name), ('"%s" may be sent, and nothing asks for it'):format(name),
        "take it out of sends", "warning")
    elseif only then
      add(list, in_manifest(plugin, name), '"mail" is a right to write to staff and to families, and one is used',
        ('write "%s"'):format(only), "warning")
    end
  end
end

local function check_options(list, plugin, manifest, set, all)
  if all.any_option then return end
  local inherited = plugin.parent and manifests.options(plugins.chain(set, plugin.parent.name)) or {}
  for _, name in ipairs(check.names(manifest.options or {})) do
    if not all.options[name] and not inherited[name] then
      add(list, in_manifest(plugin, name), ('the option "%s" is not read by any file'):format(name),
        ("read it as config.%s, or take it out"):format(name), "warning")
    end
  end
end

-- Names of other files and of people ------------------------------------------------------

local function check_templates(list, all, set)
  local names = {}
  for _, each in ipairs(set.list) do
    for path in pairs(each.files) do names[#names + 1] = path:match "^templates/(.+)%.txt$" end
  end
  table.sort(names)
  for _, name in ipairs(check.names(all.templates)) do
    local nearest = core.nearest(name, names)
    if not tables.has(names, name) then
      add(list, all.templates[name], ("there is no templates/%s.txt"):format(name),
        nearest and ('did you mean "%s"?'):format(nearest) or "write that file, or leave template out")
    end
  end
end

-- staff: that of the settings, nil without a workspace
local function check_roles(list, all, staff)
  for _, name in ipairs(staff and check.names(all.roles) or {}) do
    local nearest = core.nearest(name, check.names(staff))
    if not staff[name] then
      add(list, all.roles[name], ('waymark.lua names no staff "%s"'):format(name),
        nearest and ('did you mean "%s"?'):format(nearest)
          or ('add to waymark.lua: staff { %s = "Name <address>" }'):format(name))
    end
  end
end

-- Codes that rules count and nobody declares; known: those of the workspace besides.
local function check_codes(list, plugin, declared, known)
  local codes = {}
  for _, code in ipairs(known or {}) do codes[code.text] = true end
  for _, code in ipairs(declared.codes) do codes[code.text] = true end
  for _, rule in ipairs(declared.rules) do
    local path, line = (rule.at or ""):match "^[^/]+/(.+):(%d+)$"
    for _, field in ipairs { "codes", "unresolved" } do
      local given = rule.plugin == plugin.name and path and rule.spec[field] or {}
      if type(given) == "string" then
        local each = {}
        for code in given:gmatch(utf8.charpattern) do each[#each + 1] = code end
        given = each
      end
      for _, code in ipairs(given) do
        if not codes[code] then
          add(list, { file = path, line = math.tointeger(line) },
            ('the rule "%s" names an unknown code: "%s"'):format(rule.name, code),
            "name one that a plugin in requires declares, such as england's, or declare it with codes")
        end
      end
    end
  end
end

local function check_steps(list, plugin, declared)
  for _, file in ipairs(plugin.names) do
    local name = file:match "^steps/([^/]+)%.lua$"
    if name and not declared.steps_by_name[name] then
      add(list, { file = file, line = 1 }, "this step is on no road map",
        ('add "%s" to road_map in init.lua'):format(name), "warning")
    end
  end
end

-- Steps that are asked about everybody, which a level below that of `when` cannot help.
local function check_when(list, plugin, declared)
  for _, step in ipairs(declared.steps) do
    local file = ("steps/%s.lua"):format(step.name)
    if step.suggests and not step.when and step.plugin == plugin.name and plugin.files[file]
      and plugin.manifest.api >= words.newer.fields.step.when then
      add(list, { file = file, line = source.line_of(plugin.files[file], "suggest") or 1 },
        "a step without when is asked about every pupil, which costs a hundred times what a rule does",
        "if nothing is said without some rule being met, name it: when = RULE", "advice")
    end
  end
end

-- Asking ---------------------------------------------------------------------------------

-- What the steps say of the pupils of the first school that has some: an error, or an answer that
-- hangs on who was asked about before. Nothing is written.
local function check_steps_asked(list, plugin, set, declared, options, space)
  local map = { set = set, declared = declared, options = options, served = plugin.name }
  for _, school in ipairs(#declared.steps > 0 and space:schools() or {}) do
    if pupils.any_in(space.store, school.id) then
      local day = space:as_of()
      local look <close> = evaluate.new(space, map, { as_of = day, diary = day },
        { workers = 1, undecided = {}, without = {} })
      for _ in look:schools { school } do end
      for _, failures in ipairs { look.failures, look.left_out or {} } do
        for _, each in ipairs(failures) do
          list[#list + 1] = finding_of_problem({ outcome = check.failure(each.message) }, plugin)
        end
      end
      return
    end
  end
end

-- Together -----------------------------------------------------------------------------

-- Of two that say the same of the same name, the first; what stopped the worker is left
-- out when its line or its name was found already, and so is what luacheck cannot read
-- there. Then in the order of the files.
local function distinct(list)
  local kept, seen = {}, {}
  for _, finding in ipairs(list) do
    local named = finding.name and ("%s %s"):format(finding.file, finding.name)
    local placed = ("%s:%d"):format(finding.file, finding.line)
    local key = ("%s %s"):format(placed, finding.name or finding.what)
    local again = seen[key] or finding.is_loaded and (seen[placed] or named and seen[named])
      or finding.is_syntax and seen[placed]
    if not again then
      seen[key], finding.place = true, #kept + 1
      if finding.kind == "error" then seen[placed], seen[named or key] = true, true end
      kept[#kept + 1] = finding
    end
  end
  table.sort(kept, function(a, b)
    if a.file ~= b.file then return a.file < b.file end
    if a.line ~= b.line then return a.line < b.line end
    return a.place < b.place
  end)
  return kept
end

-- The files that cannot be read at all: nothing else is said of them.
local function add_unread(list, plugin)
  plugin.unread = {}
  for _, fault in ipairs(plugins.faults(plugin)) do
    local name = fault.file:sub(#plugin.name + 2)
    plugin.unread[name] = true
    add(list, { file = name, line = fault.line or 1 }, fault.what, fault.todo or "")
  end
end

local function by_luacheck(plugin)
  local files = {}
  for _, name in ipairs(plugin.names) do
    if is_lua(name) and not plugin.unread[name] then
      files[#files + 1] = { name = name, path = plugin.folder .. "/" .. name }
    end
  end
  return luacheck.run(files)
end

-- Check a plugin. options: the settings', by plugin; of a workspace: staff, theirs, codes, its own, and
-- space: the workspace, of whose pupils the steps are asked when nothing else is wrong.
-- -> findings (is_settings: about waymark.lua); raises when there is no such plugin, or it cannot be read.
function checks.run(name, options, context, of_workspace)
  local staff, codes = of_workspace.staff, of_workspace.codes
  local set, declared, fault = load(name, options, context)
  local plugin = context.known[name]
  if not plugin or not plugin.names then error(fault, 0) end
  local manifest, unread = plugin.manifest, {}
  add_unread(unread, plugin)
  local all = read(plugin, manifest, set)
  local list = table.move(all.findings, 1, #all.findings, #unread + 1, unread)
  if manifest and set then
    plugin.parent = set.by_name[manifest.extends]
    check_given(list, plugin, manifest, all)
    check_wanted(list, plugin, manifest, set, all)
    check_options(list, plugin, manifest, set, all)
    check_templates(list, all, set)
    check_texts(list, plugin, manifest)
  end
  check_roles(list, all, staff)
  if declared then
    check_steps(list, plugin, declared)
    check_when(list, plugin, declared)
    check_codes(list, plugin, declared, codes)
    for _, finding in ipairs(document_check.findings(set, declared)) do list[#list + 1] = finding end
  end
  if not declared then list[#list + 1] = finding_of_problem(fault, plugin) end
  if luacheck.is_installed() then
    for _, finding in ipairs(by_luacheck(plugin)) do list[#list + 1] = finding end
  end
  local is_wrong = not declared
  for _, finding in ipairs(list) do is_wrong = is_wrong or finding.kind == "error" end
  if not is_wrong and of_workspace.space then
    check_steps_asked(list, plugin, set, declared, options, of_workspace.space)
  end
  return distinct(list)
end

checks.has_luacheck = luacheck.is_installed

return checks
