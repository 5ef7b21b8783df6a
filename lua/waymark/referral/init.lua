-- referral: the pack of a referral: what is in it, made of a case, and kept with it.
--
--   local draft = referral.draft(space, found, given)   given: parent, on
--     -> { about, checklist, routes, missing, items }
--   referral.pick(draft, text, name)                     what enters, as a person left the list
--   referral.make(draft, folder, given)                  given: incomplete, pdf, by, dry_run
--     -> { folder, digest, files = { { name, title } }, entry, discard }
--
-- 1. A draft changes nothing. `make` runs inside the transaction of a command, and takes its lock when
--    all papers are rendered; when it fails, `discard` takes the folder away again.
-- 2. A pack with something missing is refused with the list, unless `incomplete` is given;
--    then its cover says so.
-- 3. What the pack is, is recorded: the digest of its manifest, whom it is about, which
--    day. No file of it is kept but the manifest.

local cases = require "waymark.case"
local chronology_page = require "waymark.chronology.page"
local core = require "waymark.core"
local documents = require "waymark.document"
local files = require "waymark.base.files"
local form = require "waymark.referral.form"
local items = require "waymark.referral.items"
local missing = require "waymark.referral.missing"
local pack = require "waymark.referral.pack"
local problem = require "waymark.base.problem"
local referral_case = require "waymark.referral.case"

local referral = {}

function referral.draft(space, found, given)
  local about = referral_case.of(space, found, given)
  local checklist = missing.checklist(about)
  local list = items.of(about)
  return { about = about, checklist = checklist, routes = missing.routes(about),
    missing = missing.of(about, checklist, list), items = list }
end

function referral.pick(draft, text, name)
  items.pick(draft.items, text, name)
  local picked = {}
  for _, item in ipairs(draft.items) do
    if item.entry then picked[item.entry] = item.ticked or nil end
  end
  referral_case.pick(draft.about, picked)
  draft.missing = missing.of(draft.about, draft.checklist, draft.items)
end

-- "Mrs Annabella Byron"
function referral.parent_name(draft) return draft.about.parent.name end

local function refusal(draft)
  local lines = {}
  for i, each in ipairs(draft.missing) do lines[i] = "  - " .. core.escape(each.item) end
  return ("the referral of %s is not complete; it lacks:\n%s\nadd what is missing, or make the pack as it is with "
    .. "--incomplete: its cover will say so"):format(core.escape(draft.about.found.name), table.concat(lines, "\n"))
end

-- Documents -----------------------------------------------------------------------------------

local function chronology_rows(about)
  local list = {}
  for i, row in ipairs(about.rows) do
    local words = {}
    for n, each in ipairs(chronology_page.sentences(row)) do
      words[n] = { text = each.label and ("%s: %s"):format(each.label, each.text) or each.text }
    end
    if i == 1 and #words == 0 then words[1] = { text = "" } end -- the first row shows which names there are
    list[i] = { on = core.date.english(row.on), title = chronology_page.title(row),
      people = chronology_page.people(row), words = words }
  end
  return list
end

-- All weeks, the oldest first, as the register is read.
local function all_weeks(extract)
  local list = {}
  for i = #extract.years, 1, -1 do
    for _, week in ipairs(extract.years[i].weeks) do list[#list + 1] = week end
  end
  return list
end

-- What is missing, as others may read it.
local function missing_for_others(draft)
  local list = {}
  for i, each in ipairs(draft.missing) do list[i] = { item = draft.about.seen_by:words(each.shown) } end
  return list
end

-- What each document shows besides what every document of the pupil may.
local extra = {}

extra["referral-form"] = function(draft)
  return { form = form.of(draft), missing = missing_for_others(draft), incomplete = #draft.missing > 0 }
end

function extra.chronology(draft) return { chronology = chronology_rows(draft.about) } end

extra["register-extract"] = function(draft)
  local extract = draft.about.extract
  return { weeks = all_weeks(extract), key = extract.key, as_seen = extract.as_seen, figures = extract.figures }
end

extra.cover = function(draft, contents)
  return { contents = contents, missing = missing_for_others(draft), incomplete = #draft.missing > 0 }
end

-- Write a document into `list`, as HTML and, if wanted, PDF.
local function add_document(list, draft, name, number, title, base, given, contents)
  local about = draft.about
  local made = documents.open(about.space, about.found, name, { on = about.day, audience = "referral",
    language = "en", extra = extra[name](draft, contents), pdf = given.pdf,
    despite = given.incomplete and "a pack that is not complete" or nil }):html(about.parent)
  list[#list + 1] = { name = pack.name(number, base, ".html"), title = title, text = made.html }
  if made.pdf then list[#list + 1] = { name = pack.name(number, base, ".pdf"), title = title, text = made.pdf } end
end

-- A file that is kept with the case, as it was kept.
local function add_file(list, draft, item, number)
  local text = problem.check(files.read(draft.about.space.folder .. "/" .. item.file.path))
  if core.system.sha256(text) ~= item.file.digest then
    problem.raise("%s is not as it was when it was attached (%s); leave it out, or bring it back from a backup",
      item.file.path, item.title)
  end
  local ending = (item.file.name or item.file.path):match "%.%w+$" or ""
  list[#list + 1] = { name = pack.name(number, item.base, ending:lower()), title = item.title, text = text,
    entry = item.entry }
end

-- The files of the pack in their order: the cover first, which names the others.
local function files_of(draft, given)
  local contents, list, number = {}, {}, 0
  for _, item in ipairs(draft.items) do
    if item.ticked and item.base then
      number = number + 1
      contents[number] = { number = tostring(number), name = item.title }
    end
  end
  add_document(list, draft, "cover", 0, "Cover", "cover", given, contents)
  number = 0
  for _, item in ipairs(draft.items) do
    if item.ticked and item.base then
      number = number + 1
      if item.document then
        add_document(list, draft, item.document, number, item.title, item.base, given)
      else
        add_file(list, draft, item, number)
      end
    end
  end
  return list
end

-- Keeping ---------------------------------------------------------------------------------------

local function record(draft, made, given)
  local about = draft.about
  local words = #draft.missing > 0 and ("not complete: %d missing"):format(#draft.missing) or nil
  local kept = cases.keep(about.space, made.manifest, "manifest.txt")
  kept.document, kept.title = cases.pack_document, "Referral pack"
  kept.parent, kept.step = about.parent.id, about.step
  return cases.keep_rendered(about.space, about.found, kept, { by = given.by, note = words })
end

local function head_of(draft)
  local about = draft.about
  return { pupil = about.found.name, upn = about.found.upn, parent = referral.parent_name(draft), day = about.day,
    complete = #draft.missing == 0 }
end

function referral.make(draft, folder, given)
  if #draft.missing > 0 and not given.incomplete then problem.raise("%s", refusal(draft)) end
  local list = files_of(draft, given)
  if given.dry_run then return { files = list, discard = function() end } end
  draft.about.space:lock()
  local made = pack.write(folder, list, head_of(draft))
  made.files, made.discard = list, function() pack.discard(made) end
  local good, fault = pcall(function()
    made.entry = record(draft, made, given)
    pack.place(made, folder)
  end)
  if not good then
    made.discard()
    error(fault, 0)
  end
  return made
end

return referral
