-- case/files: files of a case: a copy of what staff attach, and what was made of a
-- template. The bytes lie in documents/ under their digest, so that the same file is kept
-- once and a later change of the original changes nothing.
--
-- An attached file may belong to an entry (`of`), and is then for whom that step is; the version
-- that went out is for the family; any other file is for staff, unless somebody says so. Two kinds
-- are looked at by name:
--   sent     the version that really went out, of a document that was made (rendered);
--            without a file of its own it is the one that was made
--   signed   the signed copy of a plan

local core = require "waymark.core"
local case_entries = require "waymark.case.entries"
local case_plans = require "waymark.case.plans"
local events = require "waymark.store.events"
local files = require "waymark.base.files"
local people = require "waymark.case.people"
local problem = require "waymark.base.problem"
local readers = require "waymark.case.readers"

local case_files = {}

case_files.pack_document = "referral-pack" -- the document that a pack for the authority is

-- Keep bytes in documents/ for good, under their digest and the ending of `name`.
-- -> { name, path (in the workspace), digest, bytes }
function case_files.keep(space, bytes, name, dry_run)
  local digest = core.system.sha256(bytes)
  local path = "documents/" .. digest:sub(1, 32) .. (name:match "%.%w+$" or "")
  local whole = space.folder .. "/" .. path
  if not dry_run then
    problem.check(files.make_folder(space.folder .. "/documents"))
    local is_kept = files.kind(whole) == "file" and files.read(whole) == bytes
    if not is_kept then problem.check(files.replace(whole, bytes)) end
  end
  return { name = name, path = path, digest = digest, bytes = #bytes }
end

-- Files that entries name: attached ones, letters and other documents that were made, as pages and as PDFs (of
-- which the note tells), and manifests of packs: { id = the entry, path, digest, done = "kept" or "made" }.
local function named_files(store)
  local list = {}
  for kind, done in pairs { ["entry.attached"] = "kept", ["entry.rendered"] = "made" } do
    for _, entry in ipairs(events.entries(store, { kind = kind })) do
      local body = type(entry.body) == "table" and entry.body or {}
      local function add(path, digest)
        if path and digest then list[#list + 1] = { id = entry.id, path = path, digest = digest, done = done } end
      end
      if type(body.file) == "table" then add(body.file.path, body.file.digest) end
      if done == "made" and type(body.note) == "string" then
        add(body.note:match "^PDF: (documents/%S+), SHA%-256 (%x+)$")
      end
    end
  end
  table.sort(list, function(a, b)
    if a.id ~= b.id then return a.id < b.id end
    return a.path < b.path
  end)
  return list
end

-- What is not as it was recorded: sentences, of the database (store:check) and then of the files that entries name,
-- which have to be there with the bytes that they had. `folder`: the workspace's.
function case_files.findings(store, folder)
  local findings = problem.check(store:check())
  local ok, list = pcall(named_files, store)
  if not ok and #findings == 0 then error(list, 0) end -- else what is damaged is told already
  for _, each in ipairs(ok and list or {}) do
    local bytes = files.read(folder .. "/" .. each.path)
    if not bytes then
      findings[#findings + 1] = ("%s, %s with entry %d, is not there"):format(each.path, each.done, each.id)
    elseif core.system.sha256(bytes) ~= each.digest then
      findings[#findings + 1] = ("%s, %s with entry %d, is not what was %s"):format(each.path, each.done, each.id,
        each.done)
    end
  end
  return findings
end

local function entry_of(space, pupil, id)
  return case_plans.entry(case_entries.entries(space, { pupil = pupil.pupil }), id)
end

local function check_kind(kind, of)
  if not of then return end
  if kind == "sent" and of.kind ~= "rendered" and of.kind ~= "recorded" then
    problem.raise("entry %d is neither a document that was made nor a step that was recorded", of.id)
  elseif kind == "signed" and of.kind ~= "recorded" then
    problem.raise("entry %d is no step that was recorded: the signed copy is of a plan, such as a contract", of.id)
  end
end

-- The step of the road map that another entry was of.
local function step_of(space, entry)
  local declared = entry and entry.step and space:map_for_school(entry.school).declared
  return declared and declared.steps_by_name[entry.step]
end

-- Keep a copy of a file with the case. `kind`: what it is; given.of: the number of the
-- entry that it belongs to. -> id, where it is kept
function case_files.attach(space, pupil, path, kind, given, dry_run)
  case_entries.check_day(space, given)
  local of = given.of and entry_of(space, pupil, given.of)
  check_kind(kind, of)
  if not path and not (kind == "sent" and of and of.kind == "rendered") then
    problem.raise "name the file; only what was made here can go without: --as sent --of NUMBER"
  end
  local file = path and case_files.keep(space, problem.check(files.read(path)), path:gsub("^.*/", ""), dry_run)
    or of.file
  local step = step_of(space, of)
  local body = { note = given.note, as = kind, of = of and of.id, file = file }
  body.audience, body.audience_chosen = readers.given(step, given)
  if of and of.kind == "rendered" and kind == "sent" then body.audience = given.audience or "family" end
  return (case_entries.add(space, pupil, case_entries.event(space, pupil, "attached", given, step), body)), file.path
end

-- The letters to parents that were made last for a pupil and are not recorded as sent: of the last day of which any was
-- made, each for each parent, the newest. No form of staff's, and no pack. -> { entry, … } in the order made
function case_files.made_last(space, pupil)
  local sent, made, day = {}, {}, nil
  for _, entry in ipairs(case_entries.entries(space, { pupil = pupil.pupil })) do -- in the order of their days
    if entry.kind == "attached" and entry.as == "sent" then sent[entry.of or 0] = true end
    local document, parent = (entry.fields or {}).document, (entry.contacts or {}).parent
    if entry.kind == "rendered" and parent and document ~= case_files.pack_document then
      if entry.on ~= day then day, made = entry.on, {} end
      made[("%s %s"):format(document, parent)] = entry
    end
  end
  local list = {}
  for _, entry in next, made do
    if not sent[entry.id] then list[#list + 1] = entry end
  end
  if #list == 0 then
    problem.raise("no letter to a parent was made that is not recorded as sent; make it, or say which document with "
      .. "--of")
  end
  table.sort(list, function(a, b) return a.id < b.id end)
  return list
end

local function contact_of(space, pupil, id)
  return people.by_id(people.of(space, pupil), id) or problem.raise("the pupil has no contact %s", tostring(id))
end

-- Keep what was made of a template. `made`: document (the template's name), title (as
-- a person reads it), language, parent (id of a contact), step (of the road map), of
-- (the entry that it is about), and of the file name, path, digest and bytes. It is for
-- staff until a version is attached as sent. -> id
function case_files.keep_rendered(space, pupil, made, given)
  case_entries.check_day(space, given)
  local parent = made.parent and contact_of(space, pupil, made.parent)
  local body = { note = given.note, audience = given.audience or "staff", title = made.title, of = made.of,
    despite = given.despite, contacts = parent and { parent = parent.id } or nil,
    fields = { document = made.document, language = made.language, parent = parent and parent.name },
    file = { name = made.name, path = made.path, digest = made.digest, bytes = made.bytes } }
  return (case_entries.add(space, pupil, case_entries.event(space, pupil, "rendered", given, made.step), body))
end

return case_files
