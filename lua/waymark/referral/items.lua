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

local chronology = require "waymark.chronology"
local core = require "waymark.core"
local files = require "waymark.base.files"
local problem = require "waymark.base.problem"
local referral_case = require "waymark.referral.case"
local words = require "waymark.base.words"

local items = {}

local documents = {
  { id = "referral-form", title = "Referral form" },
  { id = "chronology", title = "What happened, in order" },
  { id = "register-extract", title = "The register" },
}

-- What can be picked ------------------------------------------------------------------------

local function may_enter(about, entry)
  if entry.kind ~= "attached" and entry.kind ~= "rendered" or type(entry.file) ~= "table" then return false end
  return about.reader:view(entry) ~= nil and not referral_case.is_of_another(about, entry)
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
  return { id = ("entry-%d"):format(entry.id), file = entry.file, entry = entry.id, ticked = true,
    title = ("%s%s, %s: %s"):format(what, manner[entry.as] or "", words.date(entry.on),
      about.seen_by:words(entry.file.name or "")),
    base = ("%s-%s"):format(entry.on, files.slug(what)) }
end

-- Everything that can be picked: the documents that are made, then kept files by day.
function items.of(about)
  local list = {}
  for i, each in ipairs(documents) do
    list[i] = { id = each.id, title = each.title, base = each.id, document = each.id, ticked = true }
  end
  for _, entry in ipairs(about.entries) do
    if may_enter(about, entry) then list[#list + 1] = file_item(about, entry) end
  end
  return list
end

-- How many letters were made of which no version is kept as sent.
function items.unsent(about)
  local n, sent = 0, {}
  for _, entry in ipairs(about.entries) do
    if entry.as == "sent" and entry.of then sent[entry.of] = true end
  end
  for _, entry in ipairs(about.entries) do
    local is_letter = entry.kind == "rendered" and (entry.fields or {}).document ~= referral_case.pack_document
    if is_letter and not sent[entry.id] and not about.reader:view(entry) then n = n + 1 end
  end
  return n
end

-- The list ------------------------------------------------------------------------------------

local head = [[
# What enters the referral pack of %s, for %s.
# [x] enters, [ ] stays out: change the marks and nothing else. Look into each file first:
# Waymark cannot see what is inside one.
]]

function items.text(about, list, parent_name, missing)
  local lines = { (head:format(core.escape(about.found.name), core.escape(parent_name))) }
  local width = 0
  for _, each in ipairs(list) do width = math.max(width, #each.id) end
  for _, each in ipairs(list) do
    lines[#lines + 1] = ("[%s] %-" .. width .. "s  %s\n"):format(each.ticked and "x" or " ", each.id,
      core.escape(each.title))
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
