-- Deciding on legal intervention: which route, and is everything there? What is there and
-- what is missing, and the routes open for each parent, are worked out in england; a person
-- decides.
local common = require "support-first"
local fields = require "support-first.fields"
local notices = require "england.notices"
local support = require "england.support"
local words = require "support-first.words"

-- "the Notice to Improve to Mrs Byron ended without enough improvement; refer by Friday 6
-- February 2026": of each parent's latest notice that did.
local function not_improved(list)
  local texts = {}
  for i, each in ipairs(list) do
    local to = each.parent and " to " .. each.parent or ""
    local by = each.entry and (each.entry.fields or {}).refer_by
    texts[i] = ("the Notice to Improve%s ended without enough improvement%s"):format(to,
      by and "; refer by " .. date.english(by) or "")
  end
  return table.concat(texts, "; ")
end

return step {
  title = "Deciding on legal intervention",
  principle = "enforce",
  audience = "referral",
  about = "Whether legal intervention is the right tool for this family, and which: a person decides. First all "
    .. "support that was offered is gathered in one chronology.",
  records = {
    route = { type = "choice", help = "the route that was decided on",
      choices = { "penalty-notice", "prosecution", "supervision-order", "leave-of-absence", "none" } },
    why = { type = "text", help = "why this route, or why none" },
    allowed_by = { type = "contacts", title = "Allowed by",
      help = "each parent who allowed the absence; of each parent this is answered, or not_allowed_by" },
    not_allowed_by = { type = "contacts", title = "Not allowed by",
      help = "each parent who did not allow it; a penalty notice is not for them" },
    best_tool = { type = "yes-no", title = "The best tool now",
      help = "is legal intervention the best tool for this family now?" },
    adjustments_considered = { type = "yes-no", help = "adjustments for special needs and medical conditions" },
    supervision_order_considered = { type = "yes-no", help = "an education supervision order, by the authority" },
    social_worker_told = fields.social_worker_told,
    discussed_on = { type = "date", title = "Discussed with the authority's team on",
      help = "when it was talked over with the authority's team, before it is referred" },
    discussed_with = { type = "text", title = "Discussed with", help = "with whom of the team, and what they advised" },
    no_contract_because = { type = "text", role = "why-no-contract", title = "No contract, because",
      help = "why no attendance contract was made, if none was" },
    parents_checked_on = { type = "date", role = "parents-checked", title = "Parents' details checked on",
      help = "when the parents' names and addresses were last checked" },
  },
  documents = { "chronology" },
  outcomes = { "refer", "support-continues", "another-route" },
  checklist = common.checklist,
  routes = common.routes,
  fills = words.of,

  gate = common.too_early_to_decide,

  when = { recorded "notice-to-improve", recorded "support-not-appropriate" },

  suggest = function(pupil, case)
    local list = notices.not_improved(case)
    local last, because = list[#list], support.not_appropriate(case)
    if last and not common.was_recorded_since(case, "legal-decision", last.outcome) then
      return common.decide_because(pupil, case, not_improved(list),
        ("notice %s not improved"):format(last.outcome.id or last.outcome.on))
    end
    local entry = case:last "support-not-appropriate"
    if because and not common.was_recorded_since(case, "legal-decision", entry) then
      return common.decide_because(pupil, case, "support is not appropriate: " .. because,
        ("support not appropriate %s"):format(entry.id or entry.on))
    end
  end,
}
