-- plugin/source: reads one Lua file of a plugin without running it.
--
--   read(text, known) -> {
--     uses = { [grant] = line },     fields of pupils, cases and events that it reads
--     asks = { [effect] = line },    mail { … }, note { … }, follow_up { … }
--     recipients = { [right] = line }   staff "…", contacts { … }: "mail-staff", "mail-family"
--     options = { [name] = line },   config.NAME; `any_option` when config is read otherwise
--     everyone = { [grant] = line }  of these, what is read where every pupil is looked at
--     names_pupil = true|nil         a mail without a template: it names the pupil
--     makes_rules = true|nil         others may measure by them
--     templates, roles = { [name] = line }   mail { template = "NAME" }, staff "NAME"
--     findings = { { line, name, what, todo, kind }, … }
--   }
--   known: { is_manifest, is_module, options = set | nil, methods = set of the plugin's own
--     names, api = the level that plugin.lua says | nil, is_profile }
--
-- It goes by words, not by meaning: a pupil is what is called `pupil`, or the first
-- name that suggest and gate take, or the second of a hook. What it cannot know it
-- lets pass.

local core = require "waymark.core"
local tokens_of = require "waymark.plugin.tokens"
local words = require "waymark.plugin.words"
local check = core.sdk "check"

local source = {}

local function find_fault(file, line, name, what, todo, kind)
  file.findings[#file.findings + 1] = { line = line, name = name, what = what, todo = todo, kind = kind or "error" }
end

-- The nearest name, as advice; or else `otherwise`.
local function todo_of(name, set, otherwise)
  local nearest = core.nearest(name, check.names(set))
  return nearest and ('did you mean "%s"?'):format(nearest) or otherwise
end

-- Walking ------------------------------------------------------------------------

local function is(token, text) return token ~= nil and token.kind ~= "text" and token.text == text end

-- The functions of a step that are called while plugins run, not while they load.
local called_later = { suggest = true, gate = true, complete = true, checklist = true, routes = true, fills = true }

-- The function that begins at a token: { line, of = the step's field that it, or what it lies in,
-- is, own = whether it is that field itself }.
local function function_at(token, outer)
  local name = is(token.before, "=") and token.before.before
  local own = name and called_later[name.text] and name.table and name.table.brace
  return { line = token.line, of = own and name.text or outer and outer.of, own = own }
end

-- Mark what each token lies in: `table`, when it is directly in { … } or ( … ), with `owner`, the
-- name that stands before it; `inside`, the innermost function.
local function mark_tables(tokens)
  local stack = {}
  local function top() return stack[#stack] end
  for i, token in ipairs(tokens) do
    local before = tokens[i - 1]
    token.before, token.after, token.at = before, tokens[i + 1], i
    if token.kind == "sign" and (token.text == "}" or token.text == ")") then stack[#stack] = nil end
    if token.kind == "key" and (token.text == "end" or token.text == "until") then stack[#stack] = nil end
    token.table = top()
    token.inside = token.table and token.table.inside
    if is(token, "{") then
      stack[#stack + 1] = { brace = true, owner = before, level = #stack, inside = token.inside }
    elseif is(token, "(") then
      stack[#stack + 1] = { list = true, owner = before, inside = token.inside }
    elseif token.kind == "key" and token.text == "function" then
      token.begins = function_at(token, token.inside)
      stack[#stack + 1] = { inside = token.begins }
    elseif token.kind == "key" and (token.text == "if" or token.text == "do" or token.text == "repeat") then
      stack[#stack + 1] = { inside = token.inside }
    end
  end
end

local function is_field_name(token)
  local place = token.table
  return place ~= nil and place.brace and is(token.after, "=")
    and (is(token.before, "{") or is(token.before, ",") or is(token.before, ";"))
end

local function is_member(token) return is(token.before, ".") or is(token.before, ":") end

-- A name that stands for a variable.
local function is_variable(token)
  return token.kind == "name" and not is_member(token) and not is_field_name(token)
    and not is(token.before, "goto") and not is(token.before, "::") and not is(token.after, "::")
end

-- The names in ( … ) of a function whose word `function` stands at `at`.
local function parameters(tokens, at)
  local names = {}
  while tokens[at] and not is(tokens[at], "(") do at = at + 1 end
  at = at + 1
  while tokens[at] and not is(tokens[at], ")") do
    if tokens[at].kind == "name" then
      names[#names + 1] = tokens[at].text
      tokens[at].is_parameter = true
    end
    at = at + 1
  end
  return names
end

-- Names made here ------------------------------------------------------------------

local function add_locals(tokens, at, declared)
  local token = tokens[at]
  while token and (token.kind == "name" or is(token, ",") or is(token, "<") or is(token, ">")) do
    if token.kind == "name" then declared[token.text] = "local" end
    local after = token.after
    if token.kind == "name" and not (is(after, ",") or is(after, "<") or is(after, ">")) then return end
    at = at + 1
    token = tokens[at]
  end
end

-- Who is a pupil, a case and an event here, by name.
local function take_roles(file, tokens, at, names)
  local token, before = tokens[at], tokens[at - 2]
  local entry = is(token.before, "=") and before and before.text
  if entry == "suggest" or entry == "gate" then
    if names[1] then file.pupils[names[1]] = true end
    if names[2] then file.cases[names[2]] = true end
  elseif is(token.before, ",") and before and before.kind == "text" and token.table and is(token.table.owner, "on") then
    if names[1] then file.events[names[1]] = true end
    if names[2] then file.pupils[names[2]] = true end
  end
end

-- What is called so is one, unless the file has a variable of that name.
local usual_roles = { pupils = "pupil", cases = "case", events = "event" }

local function collect_names(file, tokens)
  local declared = {}
  for i, token in ipairs(tokens) do
    if is(token, "local") or is(token, "for") then
      add_locals(tokens, i + 1, declared)
    elseif is(token, "function") and token.kind == "key" then
      local own = token.after
      local is_plain = own and own.kind == "name" and not is(own.after, ".") and not is(own.after, ":")
      if is_plain then declared[own.text] = true end
      local names = parameters(tokens, i)
      for _, name in ipairs(names) do declared[name] = declared[name] or true end
      if own and own.kind == "name" and is(tokens[i + 2], ":") then declared.self = true end
      take_roles(file, tokens, i, names)
    end
  end
  for role, name in pairs(usual_roles) do
    if declared[name] ~= "local" then file[role][name] = true end
  end
  return declared
end

-- Looking --------------------------------------------------------------------------

local function use(set, name, line) set[name] = set[name] or line end

-- A field that is granted: of whom it is read, of everybody or of one pupil who is looked at.
local function use_grant(file, name, token)
  use(file.uses, name, token.line)
  local of = token.inside and token.inside.of
  if of == "suggest" or of == "gate" then use(file.everyone, name, token.line) end
end

-- What came after the level that the plugin is written for.
local function look_at_level(file, token, since, known)
  if not since or not known.api or since <= known.api then return false end
  find_fault(file, token.line, token.text, ('"%s" came with API level %d, and plugin.lua says api = %d'):format(
    token.text, since, known.api), ("write api = %d in plugin.lua"):format(since))
  return true
end

local function look_at_global(file, token, declared)
  local name = token.text
  if declared[name] or words.globals[name] then return end
  if is(token.after, "=") or is(token.after, ",") and not (token.table and (token.table.brace or token.table.list)) then
    find_fault(file, token.line, name, ('"%s" is set without local'):format(name),
      ('write: local %s = …'):format(name), "warning")
    declared[name] = true
  elseif words.withheld[name] then
    find_fault(file, token.line, name, ('"%s" is not there for plugins: %s'):format(name, words.withheld[name]),
      "leave it out; what happens in the world is asked for by effects")
  else
    find_fault(file, token.line, name, ('unknown name "%s"'):format(name),
      todo_of(name, words.globals, "write local before its first use, or mend the name"))
  end
end

local function look_at_pupil(file, token, member)
  local name = member.text
  if is(member.before, ":") then
    if words.pupil_methods[name] then return use_grant(file, "registers", member) end
    return find_fault(file, member.line, name, ('a pupil has no method "%s"'):format(name),
      todo_of(name, words.pupil_methods, "see the manual: waymark help pupil"))
  end
  local grant = words.pupil[name]
  if grant and grant ~= "" then use_grant(file, grant, member) end
  if grant then return end
  if words.pupil_methods[name] then
    return find_fault(file, member.line, name, ('%s.%s is a method'):format(token.text, name),
      ("write %s:%s(…)"):format(token.text, name))
  end
  find_fault(file, member.line, name, ('a pupil has no field "%s"'):format(name),
    todo_of(name, words.pupil, "its fields are: " .. table.concat(check.names(words.pupil), ", ")))
end

local function look_at_event(file, member)
  local grant = words.event[member.text]
  if not grant then
    return find_fault(file, member.line, member.text, ('an event has no field "%s"'):format(member.text),
      todo_of(member.text, words.event, "its fields are: " .. table.concat(check.names(words.event), ", ")))
  end
  if grant ~= "" then use(file.uses, grant, member.line) end
end

local function look_at_case(file, member)
  use_grant(file, "cases", member)
  if is(member.before, ":") and not words.case_methods[member.text] then
    find_fault(file, member.line, member.text, ('a case has no method "%s"'):format(member.text),
      todo_of(member.text, words.case_methods, "it has entries, last and tried"))
  end
end

local function look_at_option(file, member, known)
  use(file.options, member.text, member.line)
  if known.options and not known.options[member.text] then
    find_fault(file, member.line, member.text, ('there is no option "%s"'):format(member.text),
      todo_of(member.text, known.options, "add it to options in plugin.lua"))
  end
end

local function look_at_library(file, token, member)
  local set = words.libraries[token.text]
  if is(member.before, ".") and not set[member.text] then
    find_fault(file, member.line, member.text, ('%s has no "%s" for plugins'):format(token.text, member.text),
      todo_of(member.text, set, "it has: " .. table.concat(check.names(set), ", ")))
  end
end

-- A variable with .NAME or :NAME behind it.
local function look_at_member(file, token, known, declared)
  local member = token.after and token.after.after
  if not member or member.kind ~= "name" then return false end
  local name = token.text
  if file.pupils[name] then
    look_at_pupil(file, token, member)
  elseif file.events[name] then
    look_at_event(file, member)
  elseif file.cases[name] then
    look_at_case(file, member)
  elseif name == "config" and not declared.config then
    look_at_option(file, member, known)
  elseif words.libraries[name] and not declared[name] then
    look_at_library(file, token, member)
  else
    return false
  end
  member.is_seen = true
  return true
end

local function is_call(token)
  return is(token.after, "(") or is(token.after, "{") or token.after ~= nil and token.after.kind == "text"
end

local function look_at_method(file, token, known)
  local name = token.text
  if not known.methods[name] then look_at_level(file, token, words.newer.methods[name], known) end
  if token.is_seen or words.methods[name] or known.methods[name] then return end
  local nearest = core.nearest(name, check.names(words.methods))
  if nearest then
    find_fault(file, token.line, name, ('nothing has a method "%s"'):format(name),
      ('did you mean "%s"?'):format(nearest))
  end
end

-- init.lua may return what it likes; a name that is nearly one of Waymark's is a slip.
local function look_at_module(file, token)
  local name, value = token.text, token.after.after
  if token.table.level > 0 or words.fields.module[name] or value and is(value, "function") then return end
  local nearest = core.nearest(name:lower(), check.names(words.fields.module))
  if nearest then
    find_fault(file, token.line, name, ('Waymark takes no "%s" from init.lua'):format(name),
      ('did you mean "%s"?'):format(nearest), "warning")
  end
end

-- mail { template = "NAME" }
local function look_at_template(file, token)
  local value, owner = token.after.after, token.table.owner
  local ends = value and (is(value.after, ",") or is(value.after, ";") or is(value.after, "}"))
  if token.text == "template" and is(owner, "mail") and ends and value.kind == "text" then
    use(file.templates, value.text, value.line)
  end
end

-- staff "NAME", staff("NAME")
local function look_at_role(file, token)
  local value = is(token.after, "(") and token.after.after or token.after
  local ends = value == token.after or value and is(value.after, ")")
  if value and value.kind == "text" and ends then use(file.roles, value.text, value.line) end
end

-- The names in { … } of what is written as NAME { … }.
local function look_at_field(file, token, known, declared)
  local owner, what = token.table.owner, nil
  if not owner then return end
  look_at_template(file, token)
  if is(owner, "return") and known.is_module then look_at_module(file, token) end
  if is(owner, "return") and known.is_manifest then
    what = "plugin.lua"
  elseif owner.kind == "name" and owner.text == "with" and is(owner.before, ":") then
    what = "step"
  elseif owner.kind == "name" and not is_member(owner) and not declared[owner.text] then
    what = owner.text
  end
  local set = what and words.fields[what]
  local newer = what and words.newer.fields[what]
  if is(owner, "return") and known.is_module and token.table.level == 0 then newer = words.newer.fields.module end
  look_at_level(file, token, newer and newer[token.text], known)
  if set and not set[token.text] then
    find_fault(file, token.line, token.text, ('%s has no field "%s"'):format(what, token.text),
      todo_of(token.text, set, "it has: " .. table.concat(check.names(set), ", ")))
  end
end

local function mail_has_template(tokens, at)
  for i = at + 2, #tokens do
    local token = tokens[i]
    if is(token, "}") and tokens[i].table == tokens[at].table then return false end
    if token.text == "template" and token.table and token.table.owner == tokens[at] then return true end
  end
  return false
end

local recipient_rights = { staff = "mail-staff", contacts = "mail-family" }

local function look_at_variable(file, tokens, token, known, declared)
  local name = token.text
  if (is(token.after, ".") or is(token.after, ":")) and look_at_member(file, token, known, declared) then return end
  if file.cases[name] and not token.is_parameter then use_grant(file, "cases", token) end
  if name == "config" and not declared.config then file.any_option = true end
  if words.effects[name] and not declared[name] and is_call(token) then
    use(file.asks, words.effects[name], token.line)
    if name == "mail" and not mail_has_template(tokens, token.at) then file.names_pupil = true end
  end
  if name == "staff" and not declared.staff then look_at_role(file, token) end
  if recipient_rights[name] and not declared[name] and is_call(token) then
    use(file.recipients, recipient_rights[name], token.line)
  end
  if words.rules[name] and not declared[name] and is_call(token) then
    file.makes_rules = true
    if token.inside and token.inside.of then
      find_fault(file, token.line, name, ("a rule is made each time that %s is called"):format(token.inside.of),
        "make it once, above the step")
    end
  end
  if not declared[name] then look_at_level(file, token, words.newer.globals[name], known) end
  look_at_global(file, token, declared)
end

-- What a step's `suggest` does that works out a reason, and gives it to nobody.
source.silent_words = "suggest makes a reason and returns nothing"
source.silent_todo = 'write return before it: return pupil:count(…):because "…"'

local ends_block = { ["end"] = true, ["else"] = true, ["elseif"] = true, ["until"] = true }

-- The line of a `suggest` that makes a reason and never returns anything but nil.
local function silent_line(tokens)
  for first, token in ipairs(tokens) do
    local body = token.begins
    if body and body.own and body.of == "suggest" then
      local is_told, has_reason = false, false
      while tokens[first] and not is(tokens[first], ")") do first = first + 1 end -- what it takes
      for i = first + 1, #tokens do
        local each, value = tokens[i], tokens[i].after
        if each.inside == body then
          has_reason = has_reason or is(each, "because") and is(each.before, ":")
          is_told = is_told or is(each, "return") and value ~= nil and not is(value, "nil") and not is(value, ";")
            and not (value.kind == "key" and ends_block[value.text])
        end
      end
      if has_reason and not is_told then return body.line end
    end
  end
end

-- The same of a step's file. -> line | nil
function source.silent(text)
  local tokens = tokens_of(text)
  mark_tables(tokens)
  return silent_line(tokens)
end

-- What a profile is given of cells, as file.rows.
local of_rows = { rows = true, preamble = true, distinct = true }

function source.read(text, known)
  local file = { uses = {}, everyone = {}, asks = {}, recipients = {}, options = {}, findings = {}, pupils = {},
    cases = {}, events = {}, templates = {}, roles = {} }
  local tokens = tokens_of(text)
  mark_tables(tokens)
  local declared, silent = collect_names(file, tokens), silent_line(tokens)
  if silent then find_fault(file, silent, "suggest", source.silent_words, source.silent_todo) end
  for _, token in ipairs(tokens) do
    if token.kind == "name" then
      if is_field_name(token) then
        look_at_field(file, token, known, declared)
      elseif is_variable(token) then
        look_at_variable(file, tokens, token, known, declared)
      elseif is(token.before, ":") and is_call(token) then
        look_at_method(file, token, known)
      end
      if known.is_profile and is(token.before, ".") and of_rows[token.text] then use(file.uses, "file.rows",
        token.line) end
    end
  end
  return file
end

-- Add the names that a file gives to functions and fields: what may stand behind ":".
function source.own_names(text, set)
  local tokens = tokens_of(text)
  for i, token in ipairs(tokens) do
    local after = tokens[i + 1]
    if token.kind == "name" and (is(after, "=") or is(after, "(")) and not is(tokens[i - 1], ":") then
      set[token.text] = true
    end
  end
end

-- Where a name stands in a text, as a literal: reads = { "registers" }. -> line | 1
function source.line_of(text, name)
  for _, token in ipairs(tokens_of(text)) do
    if token.text == name and (token.kind == "text" or token.kind == "name") then return token.line end
  end
  return 1
end

return source
