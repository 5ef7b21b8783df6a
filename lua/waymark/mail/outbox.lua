-- mail/outbox: what became of the messages that hook plugins asked for. Until delivery
-- comes, each is written whole into documents/outbox, after the command's commit.
--
-- A message is written in three steps, so that a kill between them neither loses nor
-- doubles one:
--   1. in one transaction each waiting effect is given its file (or withdrawn, or
--      failed, with a note): the name comes from the effect's key, and is of no file that is there
--   2. the files that are not there yet are written, each at once or not at all; one that is there has to be
--      this very message, written before a kill
--   3. in a second transaction their effects become written
-- What was given a file before a kill is written there next time, and nowhere else.
--
--   000012-callbacks.eml              one message to staff
--   000012-callbacks-1f0a93bc.eml     one for each parent
--   2026-03-20-callbacks-NAME-1f0a93bc.eml
--                                     a digest: one a day for each recipient; what comes
--                                     after it on its day waits for the next
-- A name holds no personal data; the eight digits stand for an address. Where a file of another history of the
-- workspace has it (after a restore), it is 000012-callbacks.2.eml, and so on.

local core = require "waymark.core"
local cases = require "waymark.case.entries"
local files = require "waymark.base.files"
local letters = require "waymark.mail.body"
local message = require "waymark.mail.message"
local problem = require "waymark.base.problem"
local stored = require "waymark.store.outbox"
local check = core.sdk "check"

local outbox = {}

outbox.folder = "documents/outbox"

-- Parts --------------------------------------------------------------------------

-- Every hook plugin in use, in the order of `use`: { name, version, of_map = { [map] =
-- part } }; a part is { set, declared, map }.
function outbox.plugins(space)
  local list, by_name = {}, {}
  for _, map in ipairs(space:load_plugins().maps) do
    for i, declared in ipairs(map.all) do
      local name = map.sets[i].served
      if declared.hooks and #declared.hooks > 0 then
        if not by_name[name] then
          by_name[name] = { name = name, of_map = {}, version = declared.plugins[#declared.plugins].version }
          list[#list + 1] = by_name[name]
        end
        by_name[name].of_map[map] = { set = map.sets[i], declared = declared, map = map }
      end
    end
  end
  return list, by_name
end

local function part_of(space, by_name, effect)
  local plugin = by_name[effect.plugin]
  return plugin and plugin.of_map[space:map_for_school(effect.school)]
end

-- Why not ------------------------------------------------------------------------

local gone_words = {
  lapsed = "its suggestion has lapsed", answered = "its suggestion was answered",
  ["put-off"] = "its suggestion was put off", bypassed = "its suggestion was bypassed",
  undone = "the threshold was not met after all", struck = "its entry was struck out",
  withdrawn = "the run of suggest that told of it was withdrawn",
}

-- A function: the words for a hold that keeps an effect or event from being sent.
function outbox.holds(space)
  local by_day, today = {}, space:today()
  local function on(day)
    by_day[day] = by_day[day] or cases.holds(space, day)
    return by_day[day]
  end
  return function(about)
    local hold = on(today)[about.pupil] or on(about.on)[about.pupil]
    return hold and ("the pupil is on hold until %s"):format(hold["until"])
  end
end

-- Step 1 ---------------------------------------------------------------------------

local function mark(space, effect, state, path, note)
  effect.state, effect.path, effect.note = state, path, note
  stored.mark(space.store, effect.id, state, path, note)
end

local function address_digits(who) return core.system.sha256(who.address:lower()):sub(1, 8) end

local function each_path(paths)
  local list = {}
  for path in paths:gmatch "%S+" do list[#list + 1] = path end
  return list
end

local function any_written(space, paths)
  for _, path in ipairs(each_path(paths)) do
    if files.exists(space.folder .. "/" .. path) then return true end
  end
  return false
end

-- The path of today's digest for its recipient; nil when today's was begun.
local function digest_path(space, effect, who)
  for n = 1, math.huge do
    local path = ("%s/%s-%s-%s%s-%s.eml"):format(outbox.folder, space:today(), effect.plugin, effect.body.digest,
      n > 1 and "." .. n or "", address_digits(who))
    if #stored.effects(space.store, { path = path }) > 0 then return nil end
    if not any_written(space, path) then return path end
  end
end

local function single_paths(space, effect, recipients)
  for n = 1, math.huge do
    local paths = {}
    for i, who in ipairs(recipients) do
      local whose = effect.body.to.contacts and "-" .. address_digits(who) or ""
      paths[i] = ("%s/%06d-%s%s%s.eml"):format(outbox.folder, effect.id, effect.plugin, n > 1 and "." .. n or "", whose)
    end
    local all = table.concat(paths, " ")
    if not any_written(space, all) then return all end
  end
end

-- Give one waiting effect its file, or say why it gets none. `today` has the paths of the digests
-- of this plan, by plugin, name and recipient; false of one that was begun before.
local function plan_one(space, by_name, effect, held, today)
  local why = gone_words[effect.gone] or held(effect)
  if why then return mark(space, effect, "withdrawn", nil, why) end
  if space:map_for_school(effect.school).broken then return end -- it waits until they can be used
  if not part_of(space, by_name, effect) then
    return mark(space, effect, "withdrawn", nil, "its plugin is not in use any more")
  end
  local recipients, fault = letters.recipients(space, effect)
  if recipients then fault = select(2, letters.sender(space)) end
  if effect.body.digest then fault = fault or check.file_name_fault(effect.body.digest, "digest") end
  if fault then return mark(space, effect, "failed", nil, fault) end
  if not effect.body.digest then return mark(space, effect, "waiting", single_paths(space, effect, recipients)) end
  local key = table.concat({ effect.plugin, effect.body.digest, recipients[1].address:lower() }, " ")
  if today[key] == nil then today[key] = digest_path(space, effect, recipients[1]) or false end
  if today[key] then
    mark(space, effect, "waiting", today[key])
  elseif not effect.note then
    mark(space, effect, "waiting", nil, "today's message has gone; it is in the next one")
  end
end

-- What has a file that was begun keeps it, and so does a digest of a plugin in use; any other
-- is planned anew, since contacts may have changed.
local function plan(space, by_name, waiting)
  local held, today = outbox.holds(space), {}
  for _, effect in ipairs(waiting) do
    local keeps = effect.path and (any_written(space, effect.path)
      or check.is_file_name(effect.body.digest) and part_of(space, by_name, effect))
    if not keeps then plan_one(space, by_name, effect, held, today) end
  end
end

-- Step 2 ---------------------------------------------------------------------------

-- Its own, and the same if it is written again after a kill.
local function message_id(space, effect, path, from)
  local key = core.system.sha256(("waymark message\n%s\n%s\n%d\n%d"):format(space:schools()[1].key, path,
    effect.id, effect.at))
  return ("%s@%s"):format(key:sub(1, 32), from.address:match "@(.+)$")
end

local function latest(effects)
  local at = effects[1].at
  for _, effect in ipairs(effects) do at = math.max(at, effect.at) end
  return at
end

-- The text of the message about these effects for one recipient.
local function compose(space, by_name, effects, who, path, day)
  local parts = {}
  for i, effect in ipairs(effects) do
    parts[i] = part_of(space, by_name, effect) or problem.raise("its plugin is not in use any more")
  end
  local from = problem.check(letters.sender(space))
  local at = latest(effects)
  return message.text { from = from, to = who, subject = letters.subject(effects), at = at,
    id = message_id(space, effects[1], path, from), body = letters.body(space, parts, effects, who, day) }
end

-- A file for each recipient; those that are there, with these very bytes, were written before a kill.
local function write_files(space, by_name, effects)
  local first = effects[1]
  local recipients = problem.check(letters.recipients(space, first))
  for _, path in ipairs(each_path(first.path)) do
    local day = path:match "/(%d%d%d%d%-%d%d%-%d%d)%-" or core.system.local_text(first.at):sub(1, 10)
    local full = space.folder .. "/" .. path
    for _, who in ipairs(recipients) do
      local own = not first.body.to.contacts or path:find(address_digits(who) .. ".eml", 1, true)
      if own then problem.check(files.write(full, compose(space, by_name, effects, who, path, day))) end
    end
  end
end

-- Waiting effects with a file, those of one file together, in order.
local function by_file(waiting)
  local groups, of_path = {}, {}
  for _, effect in ipairs(waiting) do
    if effect.state == "waiting" and effect.path then
      if not of_path[effect.path] then
        of_path[effect.path] = {}
        groups[#groups + 1] = of_path[effect.path]
      end
      table.insert(of_path[effect.path], effect)
    end
  end
  return groups
end

-- Write one message. What lost its reason since it was planned is left out, unless the
-- file is there already. -> list of { effect, state, note }
local function carry_out(space, by_name, group)
  local results, standing = {}, {}
  local begun = any_written(space, group[1].path)
  for _, effect in ipairs(group) do
    if effect.gone and not begun then
      results[#results + 1] = { effect, "withdrawn", gone_words[effect.gone] }
    else
      standing[#standing + 1] = effect
    end
  end
  if #standing == 0 then return results end
  local ok, fault = pcall(write_files, space, by_name, standing)
  for _, effect in ipairs(standing) do results[#results + 1] = { effect, ok and "written" or "failed" } end
  if ok then return results end
  if not problem.is(fault) then error(fault, 0) end
  return results, fault.message
end

-- Writing ----------------------------------------------------------------------------

-- Write what waits. -> { written, withdrawn, failed, waiting = numbers; trouble = list
-- of sentences about messages that could not be written: they are tried again }
function outbox.write(space)
  local _, by_name = outbox.plugins(space)
  local report = { written = 0, withdrawn = 0, failed = 0, waiting = 0, trouble = {} }
  local waiting = stored.effects(space.store, { state = "waiting" })
  if #waiting == 0 then return report end
  space:change(false, function()
    waiting = stored.effects(space.store, { state = "waiting" })
    plan(space, by_name, waiting)
  end)
  problem.check(files.make_folder(space.folder .. "/documents"))
  problem.check(files.make_folder(space.folder .. "/" .. outbox.folder))
  local results = {}
  for _, group in ipairs(by_file(waiting)) do
    local list, trouble = carry_out(space, by_name, group)
    if trouble then
      report.trouble[#report.trouble + 1] = ("message %d of the plugin %s: %s"):format(group[1].id, group[1].plugin,
        trouble)
    else
      table.move(list, 1, #list, #results + 1, results)
    end
  end
  space:change(false, function()
    for _, each in ipairs(results) do
      local effect, state, note = table.unpack(each, 1, 3)
      mark(space, effect, state, state == "written" and effect.path or nil, note)
    end
  end)
  for _, effect in ipairs(waiting) do report[effect.state] = report[effect.state] + 1 end
  return report
end

-- Looking ----------------------------------------------------------------------------

-- Who an effect is for, in words.
function outbox.to_words(effect)
  local to = effect.body.to
  if not to then return "" end
  return to.staff or "contacts"
end

-- The texts of an effect's messages: the files as they were written, or what would be
-- written today. -> list of texts | nil, why there is none
function outbox.texts(space, effect)
  local texts = {}
  if effect.state == "written" and effect.path then
    for i, path in ipairs(each_path(effect.path)) do
      local text, fault = files.read(space.folder .. "/" .. path)
      if not text then return nil, fault end
      texts[i] = text
    end
    return texts
  end
  if effect.state ~= "waiting" or effect.kind ~= "mail" then return nil, effect.note or "there is no message" end
  local _, by_name = outbox.plugins(space)
  local recipients, fault = letters.recipients(space, effect)
  if not recipients then return nil, fault end
  for i, who in ipairs(recipients) do
    texts[i] = compose(space, by_name, { effect }, who, "preview", space:today())
  end
  return texts
end

return outbox
