-- waymark.lua: the settings of Oakfield Primary School.
--
-- Everything after two hyphens is a note for people; Waymark does not read it.
-- Dates are written year-month-day, so that 2025-09-01 is 1 September 2025.

-- The school. laestab is the authority's number (881 is Essex) and the school's.
school { name = "Oakfield Primary School", laestab = "881/2345", phase = "primary" }

-- One block for each school year. In it:
--   term    first day, last day, and the half-term holiday in between
--   inset   training days: staff are in, pupils are not (five a year)
--   closed  other days in term on which nobody comes, such as the May bank holiday
-- Waymark counts the days that are left: 190 in each year, as the law expects.
-- `waymark calendar show` prints a year the way you would check it on the wall.

year "2024-25" {
  term { "2024-09-02", "2024-12-20", half_term = { "2024-10-28", "2024-11-01" } },
  term { "2025-01-06", "2025-04-04", half_term = { "2025-02-17", "2025-02-21" } },
  term { "2025-04-22", "2025-07-22", half_term = { "2025-05-26", "2025-05-30" } },
  inset { "2024-09-02", "2024-10-25", "2024-11-04", "2025-01-06", "2025-07-22" },
  closed { "2025-05-05" },
}

year "2025-26" {
  term { "2025-09-01", "2025-12-19", half_term = { "2025-10-27", "2025-10-31" } },
  term { "2026-01-05", "2026-03-27", half_term = { "2026-02-16", "2026-02-20" } },
  term { "2026-04-13", "2026-07-20", half_term = { "2026-05-25", "2026-05-29" } },
  inset { "2025-09-01", "2025-10-24", "2025-11-03", "2026-05-01", "2026-07-20" },
  closed { "2026-05-04" },
}

-- Who is who. Plugins write to a role, never to an address; change the person here.
staff { attendance_officer = "Sam Reed <sam@oakfield.example>", head = "Jo Marsh <jo@oakfield.example>" }

-- What Waymark works by, from the general to the particular:
use "england"  -- the codes, the rates and the national threshold
use "essex"    -- the road map of the county; its numbers can be set, for example
               -- use "essex" { notice_period = school_weeks(6) }
use "callbacks"  -- a message a day with the calls to make, to the attendance officer
use "local"    -- what this school does in its own way: plugins/local
