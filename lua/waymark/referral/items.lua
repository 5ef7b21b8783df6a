-- referral/items: what can enter a referral pack, and the list by which a person picks.
--
-- An item: { id, title, base, document | file, entry, ticked }
--   id         how the list names it: "register-extract", "entry-12"
--   base       the name of its file in the pack, without number and ending
--   document   the name of a template; file: the { path, name, digest } of a kept file,
--              entry: the number of the entry that keeps it
--
-- The list is a plain text, an item a line: "[x] entry-12  Attendance contract, …". What
-- is ticked enters; a line that was taken out stays out. A name that is not there any more,
-- or is there twice, is refused, and so is a list of which nothing enters.
--
-- 1. Only what the parent may read can be picked (case/readers); letters to another parent
--    cannot, since they have that parent's address.

local cases = require "waymark.case"
local chronology = require "waymark.chronology"
local core = require "waymark.core"
local files = require "waymark.base.files"
local page = require "waymark.chronology.page"
local problem = require "waymark.base.problem"
local terminal = require "waymark.base.terminal"
local words = require "waymark.base.words"

local items = {}

local documents = {
  { id = "referral-form", title = "Referral form" },
  { id = "chronology", title = "What happened, in order" },
  { id = "register-extract", title = "The register" },
}

-- What can be picked ------------------------------------------------------------------------

local function is_file(entry)
  return (entry.kind == "attached" or entry.kind == "rendered") and type(entry.file) == "table"
end

-- What a kept file is: the title of what it belongs to, else what it was kept as.
local function what_of(about, entry)
  local of = about.by_id[entry.of]
  if entry.title then return entry.title end
  if of then return of.title or chronology.title(about.space, of.school, of.step) end
  return entry.as == "sent" and "A letter" or chronology.plain(entry.as or "document")
end

local manner = { sent = ", as it was sent", signed = ", signed" }

-- "Attendance contract, signed, 3 November 2025: contract.pdf"
local function file_item(about, entry)
  local what = what_of(about, entry)
  return { file = entry.file, base = ("%s-%s"):format(entry.on, files.slug(what)),
    title = ("%s%s, %s: %s"):format(what, manner[entry.as] or "", words.date(entry.on),
      about.seen_by:words(entry.file.name or "")) }
end

-- "Early help and support: not engaged, 6 October 2025, with Mrs Byron"
local function entry_item(row)
  local with = row.with and ", with " .. row.with or ""
  return { title = ("%s, %s%s"):format(page.title(row), words.date(row.on), with), said = page.sentences(row) }
end

-- Everything that can be picked: the documents that are made, then entries and kept files by day.
function items.of(about)
  local list = {}
  for i, each in ipairs(documents) do
    list[i] = { id = each.id, title = each.title, base = each.id, document = each.id, ticked = true }
  end
  for _, row in ipairs(about.offered) do
    local entry = about.by_id[row.id]
    local item = is_file(entry) and file_item(about, entry) or entry_item(row)
    item.id, item.entry, item.ticked, item.unclear = ("entry-%d"):format(row.id), row.id, not row.unclear, row.unclear
    list[#list + 1] = item
  end
  return list
end

-- What is for staff only, "entry-4  Pupil check-in, 8 October 2025", and how many are others'.
local function not_offered(about)
  local lines, others = {}, 0
  for _, entry in ipairs(about.entries) do
    local seen, why = about.reader:view(entry)
    if not seen and why == "staff" and entry.kind == "recorded" then
      lines[#lines + 1] = ("entry-%d  %s, %s"):format(entry.id, chronology.title(about.space, entry.school, entry.step),
        words.date(entry.on))
    elseif not seen and why == "other" and not about.reader:may_be(entry) then
      others = others + 1
    end
  end
  return lines, others
end

-- How many letters were made of which no version is kept as sent.
function items.unsent(about)
  local n, sent = 0, {}
  for _, entry in ipairs(about.entries) do
    if entry.as == "sent" and entry.of then sent[entry.of] = true end
  end
  for _, entry in ipairs(about.entries) do
    local is_letter = entry.kind == "rendered" and (entry.fields or {}).document ~= cases.pack_document
    if is_letter and not sent[entry.id] and not about.reader:view(entry) then n = n + 1 end
  end
  return n
end

-- The list ------------------------------------------------------------------------------------

local head = [[
# What enters the referral pack of %s, for %s.
# [x] enters, [ ] stays out: change the marks and nothing else. The pack is disclosed to whom it
# is against: read each entry as they will. Look into each file: Waymark cannot see what is inside one.
]]

function items.text(about, list, parent_name, missing)
  local lines = { (head:format(core.escape(about.found.name), core.escape(parent_name))) }
  local width = 0
  for _, each in ipairs(list) do width = math.max(width, #each.id) end
  for _, each in ipairs(list) do
    lines[#lines + 1] = ("[%s] %-" .. width .. "s  %s\n"):format(each.ticked and "x" or " ", each.id,
      core.escape(each.title))
    if each.unclear then lines[#lines + 1] = "#   It names nobody: tick it only if it is this parent's to read.\n" end
    for _, said in ipairs(each.said or {}) do
      local text = said.label and ("%s: %s"):format(said.label, said.text) or said.text
      for _, line in ipairs(words.wrap(terminal.lines(text), 90)) do lines[#lines + 1] = ("#   %s\n"):format(line) end
    end
  end
  local staff, others = not_offered(about)
  if #staff > 0 then
    lines[#lines + 1] = "#\n# For staff only; to have one in the pack: waymark audience WHO NUMBER --for referral\n"
  end
  for _, line in ipairs(staff) do lines[#lines + 1] = ("#   %s\n"):format(core.escape(line)) end
  if others > 0 then
    lines[#lines + 1] = ("#\n# Not this parent's to read: %s.\n"):format(words.count(others, "entry", "entries"))
  end
  if #missing > 0 then lines[#lines + 1] = "#\n# Still missing:\n" end
  for _, each in ipairs(missing) do lines[#lines + 1] = ("#   %s\n"):format(core.escape(each.item)) end
  return table.concat(lines)
end

local function tick(by_id, seen, mark, id, where)
  local item = by_id[id]
  if seen[id] then problem.raise("%s: %s is in the list twice", where, id) end
  seen[id] = true
  if not item then problem.raise('%s: "%s" is not there to pick; make the list again with --review', where, id) end
  if mark ~= " " and mark:lower() ~= "x" then
    problem.raise('%s: "[%s]" before %s; it is [x] or [ ]', where, mark, id)
  end
  item.ticked = mark ~= " "
end

-- Tick the items as an edited list says; `name` of the file, for messages.
function items.pick(list, text, name)
  local by_id, seen, number, ticked = {}, {}, 0, 0
  for _, each in ipairs(list) do
    by_id[each.id], each.ticked = each, false
  end
  text = text:gsub("^\xEF\xBB\xBF", ""):gsub("\r", "")
  for line in (text .. "\n"):gmatch "(.-)\n" do
    number = number + 1
    local mark, id = line:match "^%s*%[(.-)%]%s*(%S+)"
    if mark then
      tick(by_id, seen, mark == "" and " " or mark, id, ("%s, line %d"):format(name, number))
    elseif not line:find "^%s*#" and line:find "%S" then
      problem.raise("%s, line %d: a line begins with [x], [ ] or #", name, number)
    end
  end
  for _, each in ipairs(list) do ticked = ticked + (each.ticked and 1 or 0) end
  if ticked == 0 then problem.raise("%s: nothing is ticked, so nothing would enter; tick it with [x]", name) end
end

return items
