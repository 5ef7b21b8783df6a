-- excluded: the step "excluded-in-public": a penalty notice to the parent of an excluded child who
-- was in a public place in school hours, in the first five school days of the exclusion. It is no
-- notice for absence, and counts to nothing there: neither towards two in three years nor for a route.
--
-- Sources: Education and Inspections Act 2006 s.103 and s.105; the Education (Penalty Notices)
-- (England) Regulations 2007 (SI 2007/1867), whose amounts for s.105 stayed as they were when
-- SI 2024/210 raised those for absence.
--
-- A road map takes it with a file steps/excluded-in-public.lua of one line.
local england = require "england"
local notice = require "england.penalty_step"
local penalty = require "england.penalty"

-- Each in force from its day on, the latest last.
local laws = { { from = "2013-09-01", amount = 120, reduced_amount = 60, reduced_days = 21, days = 28 } }

local function complete(_, _, given)
  local fields = {}
  for name, value in next, given do fields[name] = value end
  local served, message = penalty.service(fields)
  if not served then return nil, message end
  local law = england.in_force(laws, fields.issued_on)
  if not law then return fields end
  fields.amount, fields.reduced_amount = fields.amount or law.amount, fields.reduced_amount or law.reduced_amount
  fields.reduced_until = fields.reduced_until or date.add(fields.served_on, law.reduced_days - 1)
  fields.pay_by = fields.pay_by or date.add(fields.served_on, law.days - 1)
  return fields
end

local records = notice.records

return notice:with {
  title = "Notice for an excluded child in public (s.105)",
  about = "A penalty notice to a parent whose excluded child was in a public place during the first five school days. "
    .. "It is no notice for absence, and counts to nothing there.",
  records = {
    parent = records.parent,
    excluded_from = { type = "date", help = "the first day of the exclusion" },
    found_on = { type = "date", not_before = "excluded_from", help = "the day on which the child was in public" },
    issuer = records.issuer,
    issued_on = { type = "date", role = "issued", required = true, help = "the day on the notice" },
    posted_on = records.posted_on,
    served_on = records.served_on,
    amount = records.amount,
    reduced_amount = records.reduced_amount,
    reduced_until = records.reduced_until,
    pay_by = records.pay_by,
    reference = records.reference,
  },

  complete = complete,
}
