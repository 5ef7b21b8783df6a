-- mail/body: what a message says, and to whom: the references of an effect turned into
-- texts and addresses. Only fields granted to the plugin are filled in.
--
-- A part is a plugin as a school uses it: { set, declared, map } (waymark.hooks). An
-- effect is a row of waymark.store.outbox.effects.

local core = require "waymark.core"
local evaluate = require "waymark.ask.evaluate"
local message = require "waymark.mail.message"
local plugins = require "waymark.plugin"
local problem = require "waymark.base.problem"
local template = require "waymark.mail.template"
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

local function contact_name(contact)
  local parts = {}
  for _, name in ipairs { "title", "forename", "surname" } do parts[#parts + 1] = contact[name] end
  return table.concat(parts, " ")
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
      list[#list + 1] = { name = contact_name(contact), address = who.address }
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
local event_names = { "event.on", "event.title", "school" }
local message_names = { "recipient", "date", "count", "school" }

local function set_of(list)
  local set = {}
  for _, name in ipairs(list) do set[name] = true end
  return set
end

local function granted_fields(part)
  local fields = {}
  for _, grant in ipairs(plugins.granted(part.set)) do
    for _, field in ipairs(pupil_fields[grant] or {}) do fields[#fields + 1] = field end
  end
  return fields
end

local function add_names(names, prefix, value)
  names[prefix] = true
  if type(value) ~= "table" then return end
  for key, inner in next, value do
    if type(key) == "string" then add_names(names, prefix .. "." .. key, inner) end
  end
end

-- The names that a template can fill in from a mail's data.
local function item_names(part, data)
  local names = set_of(event_names)
  for name, item in next, data do
    if item.pupil then
      for _, field in ipairs(granted_fields(part)) do names[name .. "." .. field] = true end
    elseif item.value ~= nil then
      add_names(names, name, item.value)
    else
      names[name] = true
      for _, field in ipairs(evidence_fields) do names[name .. "." .. field] = true end
    end
  end
  return names
end

-- The text of a template of the load set, the outermost plugin's first | nil, names
local function template_text(part, name)
  local names = {}
  for i = #part.set.list, 1, -1 do
    local text = part.set.list[i].files["templates/" .. name .. ".txt"]
    if text then return text end
    for path in next, part.set.list[i].files do names[#names + 1] = path:match "^templates/(.+)%.txt$" end
  end
  table.sort(names)
  return nil, names
end

-- The template of a mail, read | nil, what is wrong with it.
local function read_template(part, name)
  local text, names = template_text(part, name)
  if not text then return nil, ("there is no templates/%s.txt%s"):format(name, check.did_you_mean(name, names)) end
  return template.parse(text, ("templates/%s.txt"):format(name), function(partial)
    return (template_text(part, partial)), ("templates/%s.txt"):format(partial)
  end)
end

-- nil, or what is wrong with a mail's template.
function letters.template_fault(part, body)
  if not body.template then return nil end
  local parsed, fault = read_template(part, body.template)
  if not parsed then return fault end
  return template.fault(parsed, set_of(message_names), item_names(part, body.data))
end

-- Values -----------------------------------------------------------------------------

local function session_words(session)
  local day = core.date.english(session[1]):gsub(" %d%d%d%d$", "")
  return ("%s, %s"):format(day, session[2] == "AM" and "morning" or "afternoon")
end

local function sessions_words(evidence)
  local words = {}
  for i, session in ipairs(evidence.sessions or {}) do
    if i > 10 then
      words[i] = ("and %d more"):format(#evidence.sessions - 10)
      break
    end
    words[i] = session_words(session)
  end
  return table.concat(words, "; ")
end

-- One or several pieces of evidence, each as evaluate.evidence gives it.
local function add_evidence(values, name, list)
  local words = {}
  for i, each in ipairs(list) do words[i] = each.words end
  values[name] = table.concat(words, "; ")
  values[name .. ".words"] = values[name]
  local first = list[1]
  if not first then return end
  values[name .. ".sessions"] = sessions_words(first)
  values[name .. ".rule"], values[name .. ".count"], values[name .. ".of"] = first.rule, first.count, first.of
end

local function add_plain(values, prefix, value)
  if type(value) ~= "table" then
    values[prefix] = value
    return
  end
  local texts = {}
  for i, each in ipairs(value) do texts[i] = type(each) == "table" and "" or tostring(each) end
  values[prefix] = table.concat(texts, ", ")
  for key, inner in next, value do
    if type(key) == "string" then add_plain(values, prefix .. "." .. key, inner) end
  end
end

-- The evidence that an event was about: a suggestion's, or that of an entry.
function letters.evidence_of(effect)
  local entry = type(effect.entry) == "string" and core.decode(effect.entry) or {}
  return (effect.data or {}).evidence or entry.evidence or {}
end

local function add_item(values, name, item, about)
  if item.pupil then
    for _, field in ipairs(granted_fields(about.part)) do
      values[name .. "." .. field] = about.pupil and about.pupil[field]
    end
  elseif item.evidence then
    add_evidence(values, name, about.evidence)
  elseif item.item then
    add_evidence(values, name, { about.evidence[item.item] })
  elseif item.measure then
    add_evidence(values, name, { about.pupil and evaluate.evidence(about.pupil, about.part.declared, item.measure) })
  else
    add_plain(values, name, item.value)
  end
end

local function step_title(part, name)
  local step = name and part.map.declared and part.map.declared.steps_by_name[name]
  return step and step.title or name or ""
end

-- What one effect fills in, by name.
local function values_of(space, part, effect)
  local pupil = one_pupil(space, effect.enrolment, effect.on, plugins.granted(part.set))
  local about = { part = part, pupil = pupil, evidence = letters.evidence_of(effect) }
  local values = { ["event.on"] = core.date.english(effect.on), ["event.title"] = step_title(part, effect.step),
    school = effect.school_name }
  for _, name in ipairs(check.names(effect.body.data)) do add_item(values, name, effect.body.data[name], about) end
  return values
end

-- Texts --------------------------------------------------------------------------------

-- One item without a template: who and what, then each piece of data on a line.
local function usual_item(effect, values)
  local data, who, lines = effect.body.data, nil, {}
  for _, name in ipairs(check.names(data)) do
    if data[name].pupil then
      who = values[name .. ".name"] or values[name .. ".upn"]
      if who and values[name .. ".form"] then who = who .. ", " .. values[name .. ".form"] end
    elseif values[name] ~= nil and values[name] ~= "" then
      lines[#lines + 1] = ("  %s: %s\n"):format((name:gsub("_", " ")), template.shown(values[name]))
    end
  end
  local title = values["event.title"] ~= "" and values["event.title"] or (effect.about:gsub("[.-]", " "))
  local head = who and template.shown(who) .. ": " .. title or title
  return head .. "\n" .. table.concat(lines)
end

local function usual_text(effects, values, shared)
  local parts = { ("%s, %s\n"):format(template.shown(shared.school), shared.date) }
  for i, effect in ipairs(effects) do parts[i + 1] = usual_item(effect, values[i]) end
  return table.concat(parts, "\n")
end

-- The body of a message about these effects (several: a digest).
function letters.body(space, parts, effects, to, day)
  local values = {}
  for i, effect in ipairs(effects) do values[i] = values_of(space, parts[i], effect) end
  local shared = { recipient = to.name or to.address, date = core.date.english(day), count = #effects,
    school = effects[1].school_name }
  local name = effects[1].body.template
  if not name then return usual_text(effects, values, shared) end
  local parsed = problem.check(read_template(parts[1], name))
  return template.text(parsed, shared, values)
end

-- A subject says as little as possible: a plugin's own, unless it names the pupil.
local function names_pupil(subject, effects)
  local words = {}
  for word in core.fold(subject):gmatch "[^%s%p]+" do words[word] = true end
  for _, effect in ipairs(effects) do
    for word in core.fold((effect.name or "") .. " " .. (effect.upn or "")):gmatch "[^%s%p]+" do
      if words[word] then return true end
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
