-- pupil: which fields a pupil has, by the declaration, and what is added to their values;
-- and the methods that need a plugin's rules. They join those that C gives.
--
--   pupil:persistent()  whether absence reaches the rule "persistent"
--   pupil:severe()      … the rule "severe"
-- Both are rate rules that a plugin declares (in England: 10 % and 50 % of the
-- pupil's own possible sessions), measured for the academic year to date.

local core = require "core"
local check = require "check"
local declared = require "made.fields"
local people = require "people"

for key, value in next, declared.grants.pupil do core.pupil_fields[key] = value end

function core.pupil_readers.contacts(contacts)
  for _, contact in ipairs(contacts) do contact.parent = people.parent(contact) end
end

local pupils = {}
local named = {} -- rules by name

local steps_of -- the steps of the road map that each school follows

-- A function that gives what the host says of them, or nil; see entries.complete.
function pupils.use_steps(known) steps_of = known end

-- Read here: few commands of the host look at a case; in a worker it is there already.
function core.pupil_readers.case(list) require("entries").complete(list, steps_of and steps_of() or {}) end

-- The rules that the plugins in use declare, by name.
function pupils.use_rules(rules)
  for name in next, named do named[name] = nil end
  for name, rule in next, rules do named[name] = rule end
end

local function reaches(name)
  return function(pupil)
    if type(pupil) ~= "userdata" then check.arguments("pupil:" .. name, pupil) end
    local rule = named[name]
    if not rule then error(('no plugin in use declares a rate rule "%s"'):format(name), 2) end
    return pupil:rate(rule).met
  end
end

core.pupil_methods.persistent = reaches "persistent"
core.pupil_methods.severe = reaches "severe"

return pupils
