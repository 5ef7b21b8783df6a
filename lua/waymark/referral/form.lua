-- referral/form: the referral form as data: sections of fields, each with what is known,
-- or marked as not known, so that a gap is seen by whoever signs.
--
-- referral_form.of gives a list of { title, fields } (waymark.referral_fields).
--
-- 1. Of the parent that it is about everything is shown but an address that is
--    confidential. Of other parents the name, relationship and responsibility, and no
--    address, number or date; of other children how many there are, and no name.
-- 2. What people wrote comes through the chronology for a referral, others taken out.

local core = require "waymark.core"
local chronology = require "waymark.chronology"
local chronology_page = require "waymark.chronology.page"
local consult = require "waymark.ask.consult"
local fields = require "waymark.referral.fields"
local readers = require "waymark.case.readers"
local referral_case = require "waymark.referral.case"
local roles = require "waymark.plugin.roles"
local rule_words = require "waymark.ask.rule_words"
local tables = require "waymark.base.tables"
core.sdk "evidence" -- the words join the methods of evidence

local form = {}

local section, day_words, yes_no = fields.section, fields.day, fields.yes_no
local group, flag = fields.group, fields.flag

-- Pupil -----------------------------------------------------------------------------------

local confidential = "confidential: the school has it"

local elsewhere = "not told here: the pupil lives with somebody else too; the school has it"

-- Where the pupil lives is told only when that tells nobody's confidential address, nor that of
-- somebody who lives apart from the parent.
local function address_of(about)
  local parent, is_elsewhere = about.parent, false
  for _, each in ipairs(about.contacts) do
    if each.confidential_address and each.lives_with ~= false then return confidential end
    is_elsewhere = is_elsewhere or each.lives_with and not readers.together(parent, each)
  end
  if is_elsewhere then return elsewhere end
  return group(about.pupil, "address") or (parent.lives_with and parent.address) or nil
end

local function siblings_words(about)
  local n = about.siblings
  if n == 0 then return nil end
  return ("%d other %s in this school’s list; not named here"):format(n, n == 1 and "child" or "children")
end

local function pupil_section(about)
  local part, pupil, found = section "The pupil", about.pupil, about.found
  part:add("Forename", pupil.forename)
  part:add("Surname", pupil.surname)
  part:add("Date of birth", day_words(pupil.dob))
  part:add("Sex", pupil.sex)
  part:add("Unique pupil number", found.upn)
  part:add("Year group", found.year)
  part:add("Form", found.form)
  part:add("School", found.school_name)
  part:add("At this school since", day_words(found.joined))
  if found.left then part:add("Left", day_words(found.left)) end
  part:add("Address", address_of(about))
  part:add("Previous school", group(pupil, "previous_school"))
  part:add("Ethnicity", group(pupil, "ethnicity"))
  part:add("Languages", group(pupil, "language"))
  part:add("Special educational needs", pupil.sen)
  part:add("Education, health and care plan", group(pupil, "ehcp"))
  part:add("In care", flag(pupil, "in_care"))
  part:add("Child protection plan", flag(pupil, "child_protection"))
  part:add("Child in need plan", flag(pupil, "child_in_need"))
  part:add("Social worker", flag(pupil, "social_worker"))
  part:add("Brothers and sisters", siblings_words(about))
  return part
end

-- Parents ---------------------------------------------------------------------------------

local function full_name(contact)
  local parts = {}
  for _, name in ipairs { "forename", "surname" } do parts[#parts + 1] = contact[name] end
  return table.concat(parts, " ")
end

-- The last day on which somebody checked the parents' details: of the contact, or recorded.
local function checked_on(about)
  local last = about.parent.checked_on
  for _, entry in ipairs(about.entries) do
    local day = roles.value(referral_case.step_named(about, entry.step), entry, "parents-checked")
    if day and (not last or day > last) then last = day end
  end
  return day_words(last)
end

local function parent_section(about)
  local part, parent = section "The parent that this is about", about.parent
  part:add("Title", parent.title)
  part:add("Full name", full_name(parent))
  part:add("Date of birth", day_words(parent.dob))
  part:add("Relationship to the pupil", parent.relationship)
  part:add("Parental responsibility", yes_no(parent.parental_responsibility))
  part:add("Lives with the pupil", yes_no(parent.lives_with))
  part:add("Address", parent.confidential_address and confidential or parent.address)
  part:add("Telephone", parent.phone)
  part:add("E-mail", parent.email)
  part:add("Language", parent.language)
  part:add("Communication needs", parent.communication_needs)
  part:add("These details were last checked", checked_on(about))
  return part
end

local function others_section(about)
  local part, lines = section "Other parents", {}
  for i, each in ipairs(about.others) do
    local words = { each.name, each.relationship }
    if each.parental_responsibility ~= nil then
      words[#words + 1] = (each.parental_responsibility and "has" or "without") .. " parental responsibility"
    end
    lines[i] = table.concat(words, ", ")
  end
  if #lines == 0 then
    part:add("Named in the school’s list", "no other parent")
    part:add "Why there is none"
  else
    part:lines("Named in the school’s list", lines)
    part:add("Their details", "not in this pack: each parent has a referral of their own")
  end
  return part
end

-- The case --------------------------------------------------------------------------------

local function threshold_lines(about)
  local lines, seen = {}, {}
  for _, declared in ipairs(about.map.all) do
    for _, rule in ipairs(declared.rules) do
      local key = rule.plugin .. " " .. rule.name
      if rule.kind == "rolling" and not seen[key] then
        local e = about.pupil:rolling(rule.value)
        local dates = e.from and e.to and (", %s to %s"):format(day_words(e.from), day_words(e.to)) or ""
        lines[#lines + 1] = ("%s: %s%s: %s"):format(chronology.plain(rule.name), e:describe(), dates,
          rule_words.verdict(e))
      end
      seen[key] = true
    end
  end
  return lines
end

local function year_line(year)
  return ("%s, %s to %s: %s, %d of %d possible half days attended; absent %d, of which %d unauthorised"):format(
    year.year, day_words(year.first), day_words(year.last), year.rate, year.attended, year.possible,
    year.absent, year.unauthorised)
end

local function code_lines(extract)
  local lines = {}
  for _, each in ipairs(extract.key) do
    if each.class ~= "present" then
      lines[#lines + 1] = ("%s: %s (%d)"):format(each.code, each.meaning, each.number)
    end
  end
  return lines
end

local function half_day_lines(list)
  local lines = {}
  for i, each in ipairs(list) do lines[i] = ("%s, %s"):format(each.day, each.half) end
  return lines
end

local function row_named(about, id)
  for _, row in ipairs(about.rows) do
    if id and row.id == id then return row end
  end
end

-- What is said at a row, without what the version before it said already. -> list, n left out
local function new_words(about, row)
  local said, list, before = {}, {}, row_named(about, row.replaces)
  for _, each in ipairs(before and before.words or {}) do said[(each.label or "") .. "\n" .. each.text] = true end
  for _, each in ipairs(row.words) do
    if not said[(each.label or "") .. "\n" .. each.text] then list[#list + 1] = each end
  end
  return list, #row.words - #list
end

-- Texts that steps recorded under one of these names, with their days, oldest first; of
-- several names that say different things, with the step and the name: `is_named`.
local function field_lines(about, names, is_named)
  local wanted, lines = {}, {}
  for _, name in ipairs(names) do wanted[name] = true end
  for _, row in ipairs(about.rows) do
    for _, each in ipairs(new_words(about, row)) do
      if each.field and wanted[each.field] then
        local text = is_named and ("%s. %s: %s"):format(row.title, each.label, each.text) or each.text
        lines[#lines + 1] = ("%s: %s"):format(day_words(row.on), text)
      end
    end
  end
  return lines
end

-- Half days without a mark since registers are known here, and from when that is.
local function unmarked(about)
  local extract = about.extract
  for _, mark in ipairs(about.pupil:marks(extract.from, extract.to)) do
    if mark.code ~= "" then
      local rule = core.rule.missing { name = "form-unmarked", period = "all" }
      return about.pupil:missing(rule, mark.date, extract.to).count, mark.date
    end
  end
  return 0
end

-- Support and the law -------------------------------------------------------------------------

local function sentence(words) return words.label and ("%s: %s"):format(words.label, words.text) or words.text end

-- "4 November 2025: Early help and support: not engaged, with Mrs Byron. Words." Further
-- words have a line each.
local function add_row(lines, about, row)
  local line = ("%s: %s"):format(day_words(row.on), chronology_page.title(row))
  if row.with then line = ("%s, with %s"):format(line, row.with) end
  local words, left_out = new_words(about, row)
  if #words == 1 and left_out == 0 or words[1] and not words[1].label then
    local first = table.remove(words, 1)
    line = ("%s. %s"):format(line, sentence(first))
  end
  lines[#lines + 1] = line
  for _, each in ipairs(words) do
    lines[#lines + 1] = "– " .. sentence(each)
  end
  if left_out > 0 then lines[#lines + 1] = "– Everything else as in the version before" end
end

-- Whether a line of the form asks for the step of a row: by its kind, or a word of its name.
local function is_step_of(about, row, asked)
  local step = referral_case.step_named(about, row.step)
  if step and step.kind and tables.has(asked.kinds, step.kind) then return true end
  for _, word in ipairs(asked.steps) do
    if row.step and row.step:find(word, 1, true) then return true end
  end
  return false
end

-- By its principle a row belongs only where no line of the section asks for its step.
local function is_row_of(about, row, asked, section_rows)
  if row.struck or (row.kind ~= "recorded" and row.kind ~= "bypassed") then return false end
  if is_step_of(about, row, asked) then return true end
  local step = asked.principle and referral_case.step_named(about, row.step)
  if not step or step.principle ~= asked.principle then return false end
  for _, other in ipairs(section_rows) do
    if is_step_of(about, row, other) then return false end
  end
  return true
end

local function file_lines(items, word)
  local lines = {}
  for _, item in ipairs(word and items or {}) do
    if item.file and item.title:lower():find(word, 1, true) then lines[#lines + 1] = item.title end
  end
  return lines
end

-- What the road map's form asks for under a heading, a field each.
local function add_rows(draft, part)
  local about, rows = draft.about, {}
  for _, asked in ipairs(about.form) do
    if asked.section == part.title then rows[#rows + 1] = asked end
  end
  for _, asked in ipairs(rows) do
    local lines = field_lines(about, asked.fields, asked.named)
    for _, row in ipairs(about.rows) do
      if is_row_of(about, row, asked, rows) then add_row(lines, about, row) end
    end
    for _, line in ipairs(file_lines(draft.items, asked.file)) do lines[#lines + 1] = line end
    local by_step = #asked.steps > 0 or #asked.kinds > 0 or asked.principle or asked.file
    if #lines == 0 and by_step and not asked.needed then lines[1] = "none is recorded" end
    part:lines(asked.title, lines)
  end
  return part
end

local function case_section(draft)
  local about, part = draft.about, section "The attendance"
  local extract = about.extract
  add_rows(draft, part)
  part:lines("The threshold", threshold_lines(about))
  part:add("This school year", extract.years[1] and year_line(extract.years[1]))
  part:add("Last school year", extract.years[2] and year_line(extract.years[2]))
  part:lines("Marks other than present, and what they mean", code_lines(extract))
  local unexplained = half_day_lines(extract.unexplained)
  if #unexplained == 0 then unexplained[1] = "none" end
  part:lines("Half days with no reason yet", unexplained)
  local missing, known_from = unmarked(about)
  part:add("Registers are known from", day_words(known_from))
  part:add("Half days without a mark", missing == 0 and "none" or missing)
  part:add("Marks that were changed", #extract.changes == 0 and "none that our imports saw"
    or ("%d; they stand in the register extract"):format(#extract.changes))
  part:add("How far registers reach", extract.reach or "no registers have come in")
  return part
end

local function checked_section(about, checklist)
  if #checklist == 0 then return nil end
  local part = section "What was checked"
  for _, each in ipairs(checklist) do
    local words = about.seen_by:words(each.shown)
    part:add(about.seen_by:words(each.item), words or (each.there and "yes" or "no"))
  end
  return part
end

-- The routes of the parent that it is about, open or not, with the arithmetic.
local function routes_section(about, routes, checklist)
  local part, any = section "Routes for this parent", false
  for _, each in ipairs(routes) do
    if each.contact == about.parent.id then
      local words = about.seen_by:words(each.words)
      part:add(chronology.plain(each.route), consult.standing(each, checklist) .. (words and ": " .. words or ""))
      any = true
    end
  end
  return any and part or nil
end

-- The form of a draft (of waymark.referral): the case, `items` that can enter, and what
-- the road map says: `checklist`, what should be there, { { item, there, needed, words },
-- … }; `routes`, { { contact, route, open, words }, … }.
function form.of(draft)
  local about, seen = draft.about, {}
  local list = { pupil_section(about), parent_section(about), others_section(about), case_section(draft) }
  for _, part in ipairs(list) do seen[part.title] = true end
  for _, asked in ipairs(about.form) do
    if not seen[asked.section] then list[#list + 1] = add_rows(draft, section(asked.section)) end
    seen[asked.section] = true
  end
  list[#list + 1] = checked_section(about, draft.checklist)
  list[#list + 1] = routes_section(about, draft.routes, draft.checklist)
  return list
end

-- How many of its fields are not known.
function form.unknown(sections)
  local n = 0
  for _, part in ipairs(sections) do
    for _, each in ipairs(part.fields) do n = n + (each.known and 0 or 1) end
  end
  return n
end

return form
