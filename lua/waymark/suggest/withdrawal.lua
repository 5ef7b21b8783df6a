-- suggest/withdrawal: takes back what a run of `suggest` recorded by mistake, such as one of a wrong day.
-- Nothing is removed: what the run raised, and what undoes it here, stays in the file and is told of no
-- more (waymark.store.events), to people and to hooks alike. What people recorded is theirs, and stays. What
-- hook plugins asked for because of it goes: their notes and reviews are struck out, and messages that still
-- wait are not written (waymark.store.outbox).
--
-- Only the last run that stands can be withdrawn: each rests on the one before.

local core = require "waymark.core"
local problem = require "waymark.base.problem"
local events = require "waymark.store.events"
local runs = require "waymark.store.runs"

local withdrawal = {}

local function run_of(space, id)
  local run, last = runs.get(space.store, id), runs.last(space.store)
  if not last then problem.raise "no run of suggest is recorded; there is nothing to withdraw" end
  if not run then problem.raise("there is no run %d; the last one is %d, as of %s", id, last.id, last.as_of) end
  if run.withdrawn then problem.raise("run %d was withdrawn already; the last one is %d", id, last.id) end
  if run.id ~= last.id then
    problem.raise("run %d is not the last one; withdraw run %d (as of %s) first, since it rests on it", id, last.id,
      last.as_of)
  end
  return run
end

-- Withdraw run `id`; given: by, why. -> { as_of, made = suggestions of it that are gone, ended = those that it
-- ended and that are open again, kept = those that people answered since, struck = notes and reviews of plugins }
function withdrawal.withdraw(space, id, given)
  local run, store = run_of(space, id), space.store
  local before, report = events.last_before(store), { as_of = run.as_of, made = 0, ended = 0, kept = 0,
    struck = 0 }
  local why = ("the run as of %s was withdrawn"):format(run.as_of)
  local made, ended = runs.made_by(store, run), runs.ended_by(store, run)
  for _, each in ipairs(made) do
    if each.state == "open" then
      problem.check(store:lapse_suggestion { enrolment = each.enrolment, step = each.step, concern = each.concern,
        on = space:today(), at = space.now, plugin = each.plugin, version = each.version,
        data = problem.check(core.encode { why = why }) })
      report.made = report.made + 1
    else
      report.kept = report.kept + 1
    end
  end
  for _, each in ipairs(ended) do
    problem.check(store:make_suggestion { enrolment = each.enrolment, step = each.step, concern = each.concern,
      on = each.made_on, at = space.now, plugin = each.plugin, version = each.version, digest = each.digest,
      data = each.text })
    report.ended = report.ended + 1
  end
  for _, each in ipairs(runs.plugin_entries(store, run)) do
    problem.check(store:strike_entry { of = each.id, enrolment = each.enrolment,
      pupil = not each.enrolment and each.pupil or nil, school = not each.enrolment and each.school or nil,
      at = space.now, on = space:today(), by = given.by, data = { of = each.id, why = why } })
    report.struck = report.struck + 1
  end
  runs.withdraw(store, { run = id, at = space.now, by = given.by, why = given.why, after = before })
  return report
end

return withdrawal
