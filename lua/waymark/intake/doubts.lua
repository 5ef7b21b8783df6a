-- intake/doubts: what about a file that was just taken in makes it likely to be the wrong one: of another school, an
-- older export, another kind. Asked within the change of the workspace, before it is kept; who sees the file and finds
-- it right says --yes.
--
-- Each of these is of numbers and shares together: a school of three pupils may change all its names, and a list of
-- hundreds has some that changed.

local core = require "waymark.core"
local examine = require "waymark.exports.examine"
local imports = require "waymark.store.imports"
local problem = require "waymark.base.problem"
local reading = require "waymark.exports.reading"
local words = require "waymark.base.words"

local doubts = {}

-- Fewer people than this may all change by chance or by one family's move; so many in one file are noticed by whoever
-- knows the school.
local fewest_people = 10
-- The same of marks: a family's fortnight, or a class on a visit that was put in later.
local fewest_marks = 20
-- Marks that turn back to what an earlier import put right; one alone may be a correction of a correction.
local fewest_back = 2
-- "Nearly everybody": of a list of the same school some are known, whatever was done since the last one.
local nearly_all = 0.9

local function is_most(n, all, fewest) return n >= fewest and n * 2 > all end

-- A file of so many days or fewer is one of a week, or of two; its absences are looked for in so many weeks before, a
-- term's length. They are those of another week where so many pupils were away in either, and nearly every mark is the
-- same; of two real weeks of a school more than half differ.
local most_days, weeks_before, fewest_away, least_alike = 14, 13, 5, 0.95

local of_kind = {}

function of_kind.pupils(store, report, add)
  local facts = imports.list_facts(store, report.import)
  local known = report.unchanged + report.changed
  if is_most(facts.renamed, known, fewest_people) then
    add("%s of %s would have another name", words.number(facts.renamed), words.count(known, "known pupil"))
  end
  local all = known + report.added
  if facts.on_roll >= fewest_people and report.added >= fewest_people and report.added >= nearly_all * all then
    add("%s of %s are new, where %s on roll already: this may be the list of another school",
      words.number(report.added), words.count(all, "pupil"), words.count(facts.on_roll, "is", "are"))
  elseif facts.on_roll >= fewest_people and all >= fewest_people and known * 2 < facts.on_roll then
    add("%s of %s on roll are not in it: this may be the list of another school, or a part of one",
      words.number(facts.on_roll - known), words.number(facts.on_roll))
  end
end

function of_kind.contacts(_, report, add)
  local known = report.unchanged + report.changed + report.removed
  if is_most(report.removed, known, fewest_people) then
    add("%s of %s would go, since they are not in it", words.number(report.removed), words.count(known, "contact"))
  end
  if is_most(report.changed, known, fewest_people) then
    add("%s of %s would change", words.number(report.changed), words.count(known, "contact"))
  end
end

-- Marks that are those of another week of the same school, under other dates.
local function add_same_week(store, report, add)
  for _, each in ipairs(report.added >= fewest_marks and imports.covered(store, report.import) or {}) do
    local is_short = core.date.between(each.first, each.last) < most_days
    for weeks = 1, is_short and weeks_before or 0 do
      local found = problem.check(store:likeness { school = each.school, first = each.first, last = each.last,
        weeks = weeks })
      if found.absent >= fewest_marks and found.pupils >= fewest_away
        and found.absent - found.differing >= least_alike * found.absent then
        add("of %s its absences of %s are those of %s again: it may be the file of that week with other dates",
          each.key, core.date.short(each.first), core.date.short(core.date.add(each.first, -7 * weeks)))
        break
      end
    end
  end
end

-- How many marks change from or to being there. A new week that comes with the reasons for the absences of the last
-- changes most of the marks in it that are known, but none of these.
local function changes_of_presence(store, report)
  local is_present, n = {}, 0
  for _, code in ipairs(store:codes()) do is_present[code.text] = code.class == "present" end
  for _, pair in ipairs(report.pairs) do
    n = n + (is_present[pair.was] ~= is_present[pair.now] and pair.count or 0)
  end
  return n
end

function of_kind.marks(store, report, add)
  add_same_week(store, report, add)
  local known = report.unchanged + report.changed
  local is_again = known * 2 > known + report.added
  local changed = is_again and report.changed or changes_of_presence(store, report)
  if is_most(changed, known, fewest_marks) then
    add("%s of %s would change: it may be of another week, or of another school", words.number(report.changed),
      words.count(known, "known mark"))
  end
  local back = imports.turned_back(store, report.import)
  if is_most(back, report.changed, fewest_back) then
    add("%s of %s would be again what an earlier file put right: it may be an older export", words.number(back),
      words.count(report.changed, "changed mark"))
  end
end

-- Rows of people who are not known, or who are another child than the one that is known: of another school's file,
-- nearly all.
local strangers = { ["unknown-pupil"] = true, ["another-child"] = true }
local function add_strangers(report, add)
  local count = 0
  for _, reason in ipairs(report.reasons) do
    if strangers[reason.name] then count = count + reason.count end
  end
  if is_most(count, report.rows, fewest_marks) then
    add("%s of %s are of children who are not known here: it may be of another school, or the list of pupils is older",
      words.number(count), words.count(report.rows, "row"))
  end
end

-- A list of pupils has the columns of one of contacts, but for a few: each would pass as the other.
local alike = { pupils = true, contacts = true }

-- What is doubtful about a file that was just taken in, as sentences.
function doubts.of(space, report, path)
  local list = {}
  local function add(text, ...) list[#list + 1] = text:format(...) end
  local headings = alike[report.kind] and examine.headings(path)
  local kind = headings and reading.kind(headings)
  if kind ~= report.kind and alike[kind] then add("its headings are those of %s", kind) end
  if of_kind[report.kind] then of_kind[report.kind](space.store, report, add) end
  add_strangers(report, add)
  return list
end

return doubts
