-- essex: what Essex has of its own, after "Addressing attendance in Essex" (Essex County
-- Council, September 2024). Everything else is the road map of support-first: the school
-- issues the Notice to Improve, it runs for six school weeks, and the school refers.

local england = require "england"
local common = parent.module

local essex = {}
for name, value in pairs(common) do essex[name] = value end

essex.edition = "Addressing attendance in Essex (Essex County Council), September 2024"

-- Essex acts on ten sessions coded O, U or G. An N among them must be resolved
-- first: it does not count here, and the explanation names it.
essex.threshold = rolling {
  name = "essex",
  codes = "OUG",
  unresolved = "N",
  edition = essex.edition,
  at_least = england.national.at_least,
  weeks = england.national.weeks,
  since = england.national.since,
  ages = england.compulsory,
}

-- The same over the dates of a Notice to Improve.
essex.at_notice = count {
  name = "essex-at-notice",
  codes = essex.threshold.codes,
  edition = essex.edition,
  at_least = essex.threshold.at_least,
  since = essex.threshold.since,
  ages = england.compulsory,
}

-- By what Essex acts, and from which day on. A later version is a further row.
essex.rules = common.acts_by {
  {
    from = "2024-09-01",
    threshold = essex.threshold,
    at_notice = essex.at_notice,
    why_not = function(pupil)
      local own = pupil:rolling(essex.threshold):why_not()
      return own and "Essex cannot act yet: " .. own
    end,
  },
}

return essex
