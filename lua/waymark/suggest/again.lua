-- suggest/again: schools on which nothing has come in since the last recorded run.
--
-- Steps are pure: the same in, the same out. What is said of a school hangs on
--   the program, by its version and lua/sdk; every plugin in use by what its files are, their options, the steps
--   that are left out;
--   the settings, and the days that registers and the diary are looked at up to (holds end, reviews come);
--   what was imported but marks, anywhere: people, contacts and calendars (a family may have children at
--   other schools, a child two schools);
--   what was recorded, struck out or withdrawn, of anybody; what failed, or was switched off or on;
--   the school's own marks.
-- All but the last are its basis, a digest. A school whose basis and marks are those of the run that was recorded
-- last has the same suggestions and thresholds, all of them recorded: it is neither swept nor asked about, and
-- what it comes to is taken from the table `looked_at`. It is looked at all the same while its pupils may be
-- listed, a few at a time until enough are; and with `--profile`. A school of which a step could not say
-- something is not kept there.

local core = require "waymark.core"
local looked_at = require "waymark.store.looked_at"
local plugins = require "waymark.plugin"
local problem = require "waymark.base.problem"
local check = core.sdk "check"

local again = {}

-- The basis of the schools of a map that can be used, without the steps of these names.
function again.basis(run, map, without)
  local space, filter = run.workspace, run.filter
  if not run.basis then
    local parts = { space.settings.text, filter.as_of, filter.diary, looked_at.place(space.store) }
    for _, each in ipairs(space.maps) do -- entries of another school's steps are told, too, and all thresholds
      for _, set in ipairs(each.sets) do parts[#parts + 1] = plugins.set_key(set, each.options) end
      parts[#parts + 1] = each.broken
    end
    run.basis = table.concat(parts, "\n")
  end
  return core.system.sha256(table.concat({ plugins.set_key(map.set, map.options),
    table.concat(check.names(without), " "), run.basis }, "\n"))
end

-- Those of a map's schools that have to be looked at, in their order, and what is known of those on which nothing
-- has come in: { [school's number] = { pupils, suggested, steps } }. Without a basis nothing is known. A list that is
-- full by then shows nobody more.
function again.to_ask(run, schools, basis)
  local known, asked, listed = basis and looked_at.schools(run.workspace.store, basis) or {}, {}, run.pupils_listed
  for _, school in ipairs(schools) do
    local said = known[school.id]
    if not said or said.suggested > 0 and listed < run.most then asked[#asked + 1] = school end
    listed = listed + (said and said.suggested or 0)
  end
  return asked, known
end

-- The counts of what is known of a school: { [step] = n }.
function again.counts(map, known)
  local counts = {}
  for name, n in next, problem.check(core.decode(known.steps)) do counts[map.declared.steps_by_name[name]] = n end
  return counts
end

-- The same as what is kept of it.
function again.steps(counts)
  local steps = {}
  for step, n in next, counts do steps[step.name] = n > 0 and n or nil end
  return problem.check(core.encode(steps))
end

-- The numbers of the schools of which something may be new. run.said: { [school's number] = "again" where nothing has
-- come in, or what is to be kept, { basis, pupils, suggested, steps } }, without those of whom a step could not say
-- something.
function again.changed(run)
  local list = {}
  for _, school in ipairs(run.schools) do
    if run.said[school.id] ~= "again" then list[#list + 1] = school.id end
  end
  table.sort(list)
  return list
end

-- Keep what is said of schools. What was said in an earlier run is dropped where this one could not say it; and where
-- a threshold was undone, since what is there may meet it again.
function again.keep(run)
  local store = run.workspace.store
  for _, school in ipairs(run.schools) do
    local said = run.said[school.id]
    if not said or run.noticed.undone_at[school.id] then
      looked_at.drop(store, school.id)
    elseif said ~= "again" then
      looked_at.put(store, school.id, said)
    end
  end
end

return again
