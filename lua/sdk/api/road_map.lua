-- api/road_map: the declaration of what init.lua may return, and of a road map that is
-- changed. See api/init.lua.

local function insert(name, side)
  return { "road_map:" .. name, in_lua = true, takes = { { "place", "text", "the name of a step that is there" },
      { "name", "text", "the step that comes to it" } }, gives = { "road_map" },
    text = ("Puts a step %s another, and gives the road map."):format(side),
    raises = "when there is no step of the name `place`, with the nearest",
    example = ('parent.road_map:%s("absence-callback", "visit")'):format(name) }
end

return {
  title = "road map", where = "plugin", run = "load",
  about = "What `init.lua` returns: a table, which others get from `require`. These of its fields are Waymark's; what "
    .. "a plugin does not give itself, it takes over from the one that it extends.",
  choices = { return_period = { "year", "weeks", "asked", "half-term" } },
  newer = { return_period = { year = 2, weeks = 2, asked = 2, ["half-term"] = 3 } },
  entries = {
    { "module", open = true, text = "What an `init.lua` may return.", form = {
        { "road_map", "road_map|list of text", "the names of the steps, in order" },
        { "reasons", "list of list of text", "the short list for `--reason`: { { \"illness\", \"Illness\" }, … }" },
        { "lists", "lists", "what the list that people work from goes by" },
        { "further", "list of text", "steps that can be recorded and are no stops of the road map: never suggested",
          since = 2 },
        { "returns", "list of return_list", "the lists that are sent to the authority: `waymark returns`", since = 2 },
        { "law", "list of law_row", "what the law says from a day on, or will: `waymark plugin info`", since = 3 },
        { "referral_form", "list of form_row", "what the form of a referral asks for: `waymark referral`", since = 3 },
        { "bank_holidays", "list of date", "days on which no school is open: those that a calendar has open are named "
          .. "by `waymark calendar show` and `check`", since = 3 },
      }, run = "module", example = [[
return {
  road_map = { "visit" },
  reasons = { { "illness", "Illness" } },
  lists = { new_lines_a_week = 12, no_reason = "N" },
}]] },
    { "lists", in_lua = true, text = "What the list that people work from goes by; each field on its own.", form = {
        { "new_lines_a_week", "integer", "new lines (children) a week; further ones wait, calls never do", least = 1,
          most = 1000 },
        { "patience_weeks", "integer", "after so many weeks who waits comes before who is new, among those with the "
          .. "same need", least = 1, most = 20 },
        { "need_attendance", "integer", "points of need for each point of attendance lost in the school year: the "
          .. "greatest need is listed first, and nobody waits while less need is listed", least = 1, most = 100,
          since = 3 },
        { "need_codes", "text", "codes of which each half day in the school year is a point of need", since = 3 },
        { "need_called", "text", "what half days with these codes are called", since = 3,
          default = '"of those that count"' },
        { "need_untried", "integer", "points of need while nothing was recorded for the pupil in the school year, "
          .. "attempts aside", least = 1, most = 1000, since = 3 },
        { "no_reason", "text", "the codes that mean \"no reason yet\"" },
        { "calls", "text", "the codes of an absence in a row that is rung about at once: of a step that listens or "
          .. "monitors it is a call then, which never waits, up to `reason_within_days` after it", since = 3,
          default = "`no_reason`" },
        { "reason_within_days", "integer", "in how many school days there should be one", least = 1, most = 60 },
        { "improved_weeks", "integer", "over how many school weeks somebody has improved", least = 1, most = 20 },
        { "improved_points", "integer", "… and by how many points", least = 1, most = 100 },
        { "too_few_weeks", "integer", "in how many first school weeks of a year there is too little to say", least = 0,
          most = 20 },
      }, run = "module", example = "return { lists = { patience_weeks = 3, too_few_weeks = 2 } }" },
    { "return_list", since = 2, in_lua = true, text = "One list for the authority, of the pupils who meet a rule in a "
      .. "period.", form = {
        { "name", "text", "what `waymark returns NAME` takes", required = true, file_name = true, since = 2 },
        { "title", "text", "as people read it", required = true, since = 2 },
        { "rule", "rule", nil, required = true, since = 2 },
        { "period", "return_period", "the academic year to date, the rule's own weeks, as asked, or the half term of "
          .. "the last day: a list of nobody is then a return too", since = 2, default = '"year"' },
        { "expected", "text", "a step: whoever has an entry of it in the academic year, the last without an "
          .. "outcome, is expected to meet the rule, and listed too", since = 3 },
        { "lasting", "boolean", "of a run: only one that goes on to the last mark", since = 3 },
        { "plan", "text", "a step that is a plan: whoever has one in force in the period is listed too", since = 3 },
        { "shows", "list of text", "which records of that plan are said, by name", since = 3 },
        { "words", "text", "one sentence: whom it lists, and where the rule comes from", since = 2 },
      }, run = "module", example = [[
local away = streak { name = "return-away", codes = "O", at_least = 20 }
return { returns = { { name = "attendance", title = "Attendance return", rule = away, period = "year",
  words = "ten continuous school days without leave" } } }]] },
    { "law_row", since = 3, in_lua = true, text = "What the law says from a day on. Without a day it is not in force "
      .. "yet.", form = {
        { "title", "text", "what it is about", required = true, since = 3 },
        { "words", "text", "one sentence: what it says", required = true, since = 3 },
        { "edition", "text", "the section or regulation", required = true, since = 3 },
        { "from", "date", "from which day it holds", since = 3 },
      }, run = "module", example = [[
return { law = { { title = "A duty to come", words = "the school has to ask", edition = "Act 2026, s.1" } } }]] },
    { "form_row", since = 3, in_lua = true, text = "One line of the form of a referral, and where its answer is found. "
      .. "Without one it is \"not known\"; where a step or a file would say it, \"none is recorded\".", form = {
        { "section", "text", "the heading that it stands under", required = true, since = 3 },
        { "title", "text", "what the form asks for", required = true, since = 3 },
        { "steps", "list of text", "steps that say it: words of their names", since = 3 },
        { "kinds", "list of step_kind", "… or steps of a kind", since = 3 },
        { "principle", "principle", "… or all steps of a principle that no other line asks for", since = 3 },
        { "fields", "list of text", "records that say it, by name", since = 3 },
        { "named", "boolean", "each of these with its step and its name", since = 3 },
        { "file", "text", "a word in the name of a kept file that says it", since = 3 },
        { "needed", "boolean", "\"none is recorded\" is no answer", since = 3 },
      }, run = "module", example = [[
return { referral_form = {
  { section = "Support", title = "Home visits", steps = { "visit" }, fields = { "home_visit" } },
  { section = "Formal steps", title = "Warnings", steps = { "warning" }, file = "warning" },
} }]] },
    { "road_map", class = true, text = "The names of the steps in order, a list; of `parent.road_map` a copy.",
      fields = {}, items = "text", example = 'parent.road_map[2]            --> "absence-callback"' },
    insert("insert_after", "after"),
    insert("insert_before", "before"),
    { "road_map:remove", in_lua = true, takes = { { "name", "text", "the name of a step that is there" } },
      gives = { "road_map" }, text = "Takes a step away, and gives the road map.",
      raises = "when there is no step of that name, with the nearest",
      example = 'parent.road_map:remove "pupil-check-in"' },
  },
}
