-- mail/body: what a message says, and to whom: the references of an effect turned into
-- texts and addresses. Only fields granted to the plugin are filled in.
--
-- A plugin keeps the text of a message as templates/NAME.txt, in Mustache (waymark.mustache):
--
--   Good morning {{recipient}},
--   {{#items}}
--   {{pupil.name}}, {{pupil.form}}: {{why}}
--   {{/items}}
--
-- What stands in the section is said of each item of a digest, the rest once. Without it all
-- of it is about one item. A place that is not known is a fault, with the nearest.
--
-- A part is a plugin as a school uses it: { set, declared, map } (waymark.hooks). An
-- effect is a row of waymark.store.outbox.effects.

local core = require "waymark.core"
local evaluate = require "waymark.ask.evaluate"
local message = require "waymark.mail.message"
local mustache = require "waymark.mustache"
local people = require "waymark.case.people"
local plugins = require "waymark.plugin"
local problem = require "waymark.base.problem"
local words = require "waymark.base.words"
local check = core.sdk "check"
core.sdk "evidence" -- the words join the methods of evidence

local letters = {}

-- Whom ---------------------------------------------------------------------------

local function staff_member(space, role)
  local text = space.settings.staff[role]
  if not text then return nil, ('waymark.lua has no staff { %s = "Name <address>" }'):format(role) end
  local who = message.who(text)
  if not who then
    return nil, ('waymark.lua, staff: %s: "%s" is not "Name <address>"'):format(role, core.escape(text))
  end
  return who
end

-- The pupil of one enrolment with some fields, or nil.
local function one_pupil(space, enrolment, day, fields)
  if not enrolment then return nil end
  local filter = { as_of = day, enrolment = enrolment, everyone = true, fields = fields }
  local next_block, _, _, closer = problem.check(space.store:batches(filter))
  local _ <close> = closer -- the store's snapshot ends with the look
  local bytes = next_block()
  return bytes and problem.check(core.batch(bytes, space:codes()))[1]
end

-- The contacts of a pupil as they are now, with what a recipient is chosen by.
local function contacts_of(space, enrolment)
  local pupil = one_pupil(space, enrolment, "2199-12-31", { "contacts" })
  return pupil and pupil.contacts or {}
end

local function is_wanted(contact, which)
  if contact.no_contact then return false end
  for name, wanted in next, which do
    if (contact[name] == true) ~= wanted then return false end
  end
  return true
end

-- The chosen contacts with an address, each address once; never one who is to have no
-- contact, nor the address of one.
local function families(space, enrolment, which)
  local list, taken = {}, {}
  local all = contacts_of(space, enrolment)
  for _, contact in ipairs(all) do
    local who = contact.no_contact and message.who(contact.email or "")
    if who then taken[who.address:lower()] = true end
  end
  for _, contact in ipairs(all) do
    local who = is_wanted(contact, which) and message.who(contact.email or "")
    if who and not taken[who.address:lower()] then
      taken[who.address:lower()] = true
      list[#list + 1] = { name = people.name(contact), address = who.address }
    end
  end
  if #list == 0 then return nil, "none of the contacts it is for has an e-mail address" end
  return list
end

-- Who gets an effect's messages, { { name, address }, … } | nil, why nobody
function letters.recipients(space, effect)
  local to = effect.body.to
  if to.contacts then return families(space, effect.enrolment, to.contacts) end
  local who, fault = staff_member(space, to.staff)
  return who and { who }, fault
end

-- Who it is from: of the staff in the settings `sender`, else the attendance officer,
-- the head, or the first by name of role. -> who | nil, message
function letters.sender(space)
  local roles = check.names(space.settings.staff)
  table.insert(roles, 1, "sender")
  table.insert(roles, 2, "attendance_officer")
  table.insert(roles, 3, "head")
  for _, role in ipairs(roles) do
    local who = message.who(space.settings.staff[role] or "")
    if who then return who end
  end
  return nil, 'nobody to send from: add staff { attendance_officer = "Name <address>" } to waymark.lua'
end

-- What -----------------------------------------------------------------------------

local pupil_fields = {
  ["pupil.name"] = { "name", "forename", "surname" }, ["pupil.upn"] = { "upn" },
  ["pupil.groups"] = { "year", "form" }, ["pupil.dob"] = { "dob" }, ["pupil.sex"] = { "sex" },
  sensitive = { "sen", "fsm" },
}
local evidence_fields = { "words", "sessions", "rule", "count", "of" }

-- `view` with the data of an item, which stands before what there is and joins a table.
local function with_data(view, data)
  for name, value in next, data do
    local there = view[name]
    if type(there) ~= "table" then
      view[name] = value
    else
      for key, inner in next, type(value) == "table" and value or { [mustache.own] = value } do there[key] = inner end
    end
  end
  return view
end

local function granted_fields(part)
  local fields = {}
  for _, grant in ipairs(plugins.granted(part.set)) do
    for _, field in ipairs(pupil_fields[grant] or {}) do fields[#fields + 1] = field end
  end
  return fields
end

local function set_of(list, set)
  set = set or {}
  for _, name in ipairs(list) do set[name] = true end
  return set
end

-- A plain value: a table has its names, and what is in it in one text; `leaf(value)` is what
-- is no table.
local function plain_view(value, leaf)
  if type(value) ~= "table" then return leaf(value) end
  local view, texts = {}, {}
  for i, each in ipairs(value) do texts[i] = type(each) == "table" and "" or tostring(each) end
  for key, inner in next, value do
    if type(key) == "string" then view[key] = plain_view(inner, leaf) end
  end
  view[mustache.own] = table.concat(texts, ", ")
  return view
end

-- The names that a template can fill in from a mail's data, as mustache knows them.
local function item_names(part, data)
  local known = {}
  for name, item in next, data do
    if item.pupil then
      known[name] = set_of(granted_fields(part))
    elseif item.value ~= nil then
      known[name] = plain_view(item.value, function() return true end)
    else
      known[name] = set_of(evidence_fields, { [mustache.own] = true })
    end
  end
  return with_data({ event = { on = true, title = true }, school = true }, known)
end

-- Templates --------------------------------------------------------------------------

-- Up to API level 2 the section of the items is {{each}} … {{end}}.
local function with_items(text, level)
  text = text:gsub("\r\n?", "\n")
  if level > 2 then return text, false end
  local n
  text, n = text:gsub("{{%s*each%s*}}", "{{#items}}")
  return (text:gsub("{{%s*end%s*}}", "{{/items}}")), n > 0
end

-- The text of a template of the load set, the outermost plugin's first; second, whether it
-- has the items in the old way | nil, names
local function template_text(part, name)
  local names = {}
  for i = #part.set.list, 1, -1 do
    local plugin = part.set.list[i]
    local text = plugin.files["templates/" .. name .. ".txt"]
    if text then return with_items(text, plugins.manifest(plugin).api) end
    for path in next, plugin.files do names[#names + 1] = path:match "^templates/(.+)%.txt$" end
  end
  table.sort(names)
  return nil, names
end

-- What is wrong with the text of a template by itself, of a plugin for an API level: a problem | nil
function letters.text_fault(text, path, level)
  local template, fault = mustache.parse((with_items(text, level)), path)
  return not template and fault or nil
end

-- The template of a mail: { template, options, of_items = it has the section of the items }
-- | nil, what is wrong with it. A plugin's own data may be called items, too.
local function read_template(part, body)
  local name, path = body.template, ("templates/%s.txt"):format(body.template)
  local text, old = template_text(part, name)
  if not text then return nil, ("there is no %s%s"):format(path, check.did_you_mean(name, old)) end
  local template, fault = mustache.parse(text, path)
  if not template then return nil, fault end
  local options = { escape = tostring, partials = function(partial)
    return (template_text(part, partial)), ("templates/%s.txt"):format(partial)
  end }
  return { template = template, options = options,
    of_items = old or not body.data.items and mustache.asked(template, options).items ~= nil }
end

-- nil, or what is wrong with a mail's template.
function letters.template_fault(part, body)
  if not body.template then return nil end
  local read, fault = read_template(part, body)
  if not read then return tostring(fault) end
  local known, item = set_of { "recipient", "date", "count", "school" }, item_names(part, body.data)
  if read.of_items then
    known.items = { item }
  else
    with_data(known, item)
  end
  read.options.known = known
  fault = mustache.fault(read.template, read.options)
  return fault and tostring(fault)
end

-- Values -----------------------------------------------------------------------------

local function sessions_words(evidence)
  local list = {}
  for i, session in ipairs(evidence.sessions or {}) do
    if i > 10 then
      list[i] = ("and %d more"):format(#evidence.sessions - 10)
      break
    end
    list[i] = words.half_day(session[1], session[2])
  end
  return table.concat(list, "; ")
end

-- One or several pieces of evidence, each as evaluate.evidence gives it.
local function evidence_view(list)
  local texts, first = {}, list[1]
  for i, each in ipairs(list) do texts[i] = each.words end
  local view = { [mustache.own] = table.concat(texts, "; ") }
  view.words = view[mustache.own]
  if first then
    view.sessions, view.rule, view.count, view.of = sessions_words(first), first.rule, first.count, first.of
  end
  return view
end

-- The evidence that an event was about: a suggestion's, or that of an entry.
function letters.evidence_of(effect)
  local entry = type(effect.entry) == "string" and core.decode(effect.entry) or {}
  return (effect.data or {}).evidence or entry.evidence or {}
end

local function step_title(part, name)
  local step = name and part.map.declared and part.map.declared.steps_by_name[name]
  return step and step.title or name or ""
end

-- What one effect fills in, by name.
local function values_of(space, part, effect)
  local pupil = one_pupil(space, effect.enrolment, effect.on, plugins.granted(part.set))
  local evidence, values = letters.evidence_of(effect), {}
  for name, item in next, effect.body.data do
    if item.pupil then
      values[name] = {}
      for _, field in ipairs(granted_fields(part)) do values[name][field] = pupil and pupil[field] end
    elseif item.evidence then
      values[name] = evidence_view(evidence)
    elseif item.item then
      values[name] = evidence_view { evidence[item.item] }
    elseif item.measure then
      values[name] = evidence_view { pupil and evaluate.evidence(pupil, part.declared, item.measure) }
    else
      values[name] = plain_view(item.value, function(value) return value end)
    end
  end
  return with_data({ event = { on = core.date.english(effect.on), title = step_title(part, effect.step) },
    school = effect.school_name }, values)
end

-- Texts --------------------------------------------------------------------------------

-- One item without a template: who and what, then each piece of data on a line.
local function usual_item(effect, values)
  local data, who, lines = effect.body.data, nil, {}
  for _, name in ipairs(check.names(data)) do
    local value = values[name]
    if data[name].pupil then
      who = value.name or value.upn
      if who and value.form then who = who .. ", " .. value.form end
    else
      if type(value) == "table" then value = value[mustache.own] end
      if value ~= nil and value ~= "" then
        lines[#lines + 1] = ("  %s: %s\n"):format((name:gsub("_", " ")), words.plain(tostring(value)))
      end
    end
  end
  local title = values.event.title ~= "" and values.event.title or (effect.about:gsub("[.-]", " "))
  local head = who and words.plain(who) .. ": " .. title or title
  return head .. "\n" .. table.concat(lines)
end

-- The body of a message about these effects (several: a digest).
function letters.body(space, parts, effects, to, day)
  local first, items, texts = effects[1], {}, {}
  for i, effect in ipairs(effects) do items[i] = values_of(space, parts[i], effect) end
  local shared = { recipient = to.name or to.address, date = core.date.english(day), count = #effects,
    school = first.school_name }
  if not first.body.template then
    texts[1] = ("%s, %s\n"):format(words.plain(shared.school), shared.date)
    for i, effect in ipairs(effects) do texts[i + 1] = usual_item(effect, items[i]) end
    return table.concat(texts, "\n")
  end
  local read = problem.check(read_template(parts[1], first.body))
  local function filled(view) return words.plain(assert(mustache.render(read.template, view, read.options))) end
  if read.of_items then
    shared.items = items
    return filled(shared)
  end
  for i, item in ipairs(items) do
    local view = {}
    for name, value in next, shared do view[name] = value end
    texts[i] = filled(with_data(view, item))
  end
  return table.concat(texts, "\n")
end

-- A subject says as little as possible: a plugin's own, unless it names the pupil.
local function names_pupil(subject, effects)
  local said = {}
  for word in core.fold(subject):gmatch "[^%s%p]+" do said[word] = true end
  for _, effect in ipairs(effects) do
    for word in core.fold((effect.name or "") .. " " .. (effect.upn or "")):gmatch "[^%s%p]+" do
      if said[word] then return true end
    end
  end
  return false
end

function letters.subject(effects)
  local subject = effects[1].body.subject
  if subject and not names_pupil(subject, effects) then return subject end
  if effects[1].body.to.contacts then return "A message from " .. effects[1].school_name end
  return "Attendance: something to look at"
end

return letters
