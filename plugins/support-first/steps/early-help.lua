-- The right support in place early, in school and outside. A plan: each entry without an
-- outcome is its next version, and what came of it ends it.
local common = require "support-first"
local england = require "england"
local fields = require "support-first.fields"
local words = require "support-first.words"

local low = rate { name = "early-help", bands = config.early_help_bands, least_possible = config.least_possible,
  edition = england.editions.setting }

return step {
  title = "Early help and support",
  principle = "facilitate",
  audience = "family",
  about = "The right support in place early, in school and outside. It begins with what is in the way for this "
    .. "child and family, and is looked at again together.",
  plan = true,
  records = {
    support = { type = "text", role = "support", help = "the support that is in place or was offered" },
    by_whom = { type = "text", title = "Who gives it",
      help = "who gives it: the school, the family hub, the school nurse …" },
    agencies = { type = "list", title = "Who else is involved", help = "who else is involved, one each" },
    parties = fields.parties,
    parents_views = fields.parents_views,
    pupils_views = fields.pupils_views,
    barriers = fields.barriers,
    actions = fields.actions,
    review_dates = fields.review_dates,
  },
  documents = { "early-help-offer" },
  outcomes = { "support-agreed", "working", "not-working", "not-taken-up", "not-engaged" },
  goes_on = { "support-agreed" },
  refused = { "not-working", "not-taken-up", "not-engaged" },
  complete = common.review,
  fills = words.of,

  when = low,
  because = "attendance is low enough that support should be in place",
}
