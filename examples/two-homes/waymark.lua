-- waymark.lua: the settings of Fennywick Primary School, which is nowhere in Essex.

school { name = "Fennywick Primary School", laestab = "881/2999", phase = "primary",
  address = "Staithe Road, Fennywick, CM0 9ZX", phone = "01632 960140", email = "office@fennywick.example",
  website = "www.fennywick.example", head = "Ruth Amos" }

year "2025-26" {
  term { "2025-09-01", "2025-12-19", half_term = { "2025-10-27", "2025-10-31" } },
  term { "2026-01-05", "2026-03-27", half_term = { "2026-02-16", "2026-02-20" } },
  term { "2026-04-13", "2026-07-20", half_term = { "2026-05-25", "2026-05-29" } },
  inset { "2025-09-01", "2025-10-24", "2025-11-03", "2026-05-01", "2026-07-20" },
  closed { "2026-05-04" },
}

staff { attendance_officer = "Sam Reed <sam@fennywick.example>", head = "Ruth Amos <head@fennywick.example>" }

use "england"
use "essex"
