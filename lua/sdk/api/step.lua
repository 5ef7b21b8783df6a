-- api/step: the declaration of steps. See api/init.lua.

return {
  title = "step", where = "plugin", run = "load",
  about = "One stop on the road map: a file `steps/NAME.lua` returns `step { … }`.",
  choices = {
    principle = { "expect", "monitor", "listen", "facilitate", "formalise", "enforce" },
    scope = { "pupil", "school" },
    field_type = { "text", "date", "contact", "number", "yes-no", "choice", "contacts", "list", "dates", "actions",
      "signatures" },
    step_kind = { "contract", "notice" },
    role = { "with", "issued", "period-from", "period-to", "check", "review", "support", "agreed", "why-no-contract",
      "parents-checked", "version", "published", "told", "reviewed", "review-by", "views",
      "meeting", "meeting-at", "met" },
    item_subject = { "contract", "reasons", "contact" },
  },
  newer = { field_type = { choice = 2, contacts = 2, list = 2, dates = 2, actions = 2, signatures = 2 },
    step_kind = { contract = 3, notice = 3 }, item_subject = { contract = 3, reasons = 3, contact = 3 },
    role = { with = 3, issued = 3, ["period-from"] = 3, ["period-to"] = 3, check = 3, review = 3, support = 3,
      agreed = 3, ["why-no-contract"] = 3, ["parents-checked"] = 3, version = 3, published = 3, told = 3, reviewed = 3,
      ["review-by"] = 3, views = 3, meeting = 3, ["meeting-at"] = 3,
      met = 3 },
  },
  entries = {
    { "step", in_lua = true, takes = { { "fields", "step fields" } }, gives = { "step" },
      text = "A step, checked. `suggest` is asked for each pupil, `gate` when it gave a reason.", example = [[
local away = count { name = "away-step", codes = "O", weeks = 4 }
local visit = step {
  title = "Visit",
  principle = "listen",
  period = school_weeks(2),
  outcomes = { "spoke", "no-answer" },
  attempts = { "no-answer" },
  suggest = function(pupil, case)
    if #case:entries "visit" == 0 then return pupil:count(away):because "absent without leave" end
  end,
}
visit.scope               --> "pupil"]],
      form = {
        { "title", "text", "as people read it", required = true, but_for = " but for `with`" },
        { "principle", "principle", nil, required = true, but_for = " but for `with`" },
        { "about", "text", "what it is for, in one or two sentences: said wherever the step is listed" },
        { "scope", "scope", "\"school\": about no one pupil, and without `suggest`", default = '"pupil"' },
        { "period", "duration", "how long it runs" },
        { "documents", "list of text", "its documents, by name", file_name = true },
        { "outcomes", "list of text", "what may come of it: what `--outcome` takes" },
        { "attempts", "list of text", "which of these answer nothing" },
        { "refused", "list of text", "which of these say that what was offered was not taken up, or did not work",
          since = 3 },
        { "goes_on", "list of text", "which of these do not end a plan: such an entry is its next version, and what it "
          .. "leaves to be done and looked at comes up", since = 3 },
        { "wrong_number", "list of text", "which of these say that the telephone number was wrong: the list says so, "
          .. "and offers another, until another number of that contact comes in", since = 3 },
        { "kind", "step_kind", "what Waymark takes it for: a referral asks for the contract, or why there is none",
          since = 3 },
        { "tells", "map of role", "outcomes that say what a record of that role says, by their day: "
          .. "`{ told = \"told\" }`", since = 3 },
        { "records", "map of field_type|map of record_field", "what is written down besides, by name: what `--set` "
          .. "takes", was = "map of field_type" },
        { "audience", "audience", "who may read an entry, if nobody says otherwise: `staff`; `referral`, what a "
          .. "referral takes along; `family`, with whom it was done too", default = '"staff"' },
        { "gate", "function(pupil, case): text?", "nil, or why it should not be, in words",
          told = "gated" },
        { "suggest", "function(pupil, case): reason?", "nil, or a reason: `evidence:because \"…\"`",
          told = "suggests" },
        { "when", "any", "a rule, a condition or a list of them: `suggest` is asked only of whom any is met; "
          .. "without it, everybody", since = 3 },
        { "because", "text", "instead of `suggest`: the reason, of the first rule of `when` that is met", since = 3 },
        { "plan", "boolean", "an entry without an outcome is a version of a plan: a further one is the next version "
          .. "and takes over what is not given anew; one with an outcome ends it, unless it is an attempt", since = 2 },
        { "each_parent", "boolean", "one for each parent; needs the record `parent`, a contact", since = 2 },
        { "checks", "list of duration", "when, from the start of the period, it is looked at in between", since = 2 },
        { "counts", "rule", "whose sessions count during the period; else those of the thresholds", since = 2 },
        { "together", "rule", "the children of one parent of whom it is met stand together in the letters to that "
          .. "parent, as `children`, each counted by itself", since = 3 },
        { "tolerance", "text", "the record, a number, that says how many sessions are tolerated", since = 2 },
        { "adds", "list of text", "records that are added to what runs: an entry that gives these alone (and for which "
          .. "parent) while one does begins nothing, and needs no gate", since = 3 },
        { "meanwhile", "text", "what the list says beside its period, until support is recorded in it", since = 3 },
        { "complete", "function(pupil, case, table): table?", "what it works out of the fields that were "
          .. "not given, or nil; and why it cannot be, if it cannot. It sees of the case what those may who may read "
          .. "the entry", since = 2,
          told = "completes" },
        { "checklist", "function(pupil, case): list of checklist_item", "what should be there, and what is; third, "
          .. "from level 3 on, it is given the entry that a document is about, if it is about one",
          since = 2, told = "lists" },
        { "routes", "function(pupil, case): list of route", "which routes are open for each parent", since = 2,
          told = "routes" },
        { "fills", "function(pupil, case, entry): map of text", "texts that its documents show as `words.NAME`",
          since = 2, told = "fills" },
      } },
    { "recorded", in_lua = true, since = 3, takes = { { "step", "text?" } }, gives = { "condition" },
      text = "For `when`: the step was recorded for the pupil, or any step, if none is named.", example = [[
local visit = step { title = "Visit", principle = "listen", when = recorded "call", suggest = function() end }
visit.when.step           --> "call"]] },
    { "condition", class = true, since = 3, text = "What `recorded` gives.", fields = {
        { "step", "text?", nil, since = 3 },
      }, run = "load", example = [[
local any = recorded()
any.step                  --> nil]] },
    { "record_field", since = 2, text = "One of a step's `records`; the name of a type alone is the same as `{ type = "
      .. "NAME }`. On the command line the types contacts, list, dates, actions and signatures are given one item a "
      .. "`--set`.", in_lua = true, example = [[
local visit = step { title = "Visit", principle = "listen", records = {
  agreed = { type = "actions", help = "what was agreed, who does it and by when" },
  how = { type = "choice", title = "How we met", choices = { "at home", "at school" }, required = true },
  from = "date",
  to = { type = "date", not_before = "from" },
} }
visit.records.to.type     --> "date"]],
      form = {
        { "type", "field_type", nil, required = true, since = 2 },
        { "title", "text", "its name as people read it; else the name itself with spaces", since = 2 },
        { "help", "text", "what it is for", since = 2 },
        { "choices", "list of text", "of a choice: what it may be", since = 2 },
        { "required", "boolean", "without it the step is not recorded, unless the outcome is an attempt", since = 2 },
        { "not_before", "text", "of a date: the record, a date too, that it does not come before", since = 2 },
        { "least", "number", "of a number", since = 2 },
        { "most", "number", "of a number", since = 2 },
        { "default", "any", "if nothing is given", since = 2 },
        { "role", "role", "what Waymark itself reads it as: the day of issue, a day of review, with whom …",
          since = 3 },
        { "audience", "audience", "who may read this of an entry that more may read; `staff`: it never leaves staff, "
          .. "whatever a person chooses", since = 3 },
      } },
    { "checklist_item", class = true, crosses = true, since = 2,
      text = "One line of what `checklist` gives.", fields = {
        { "item", "text", "what it is, as people read it", since = 2 },
        { "there", "boolean", nil, since = 2 },
        { "needed", "boolean", "without it nothing should go on", since = 2 },
        { "words", "text?", "what there is, or what is missing", since = 2 },
        { "covers", "item_subject?", "of a referral: it asks for the contract or the reasons, so Waymark need "
          .. "not; `contact`: whom the settings name to ask will do", since = 3 },
      }, run = "load", example = [[
local item = { item = "the child's address", there = true, needed = true }
item.there                --> true]] },
    { "route", class = true, crosses = true, since = 2, text = "One line of what `routes` gives.", fields = {
        { "contact", "integer", "the id of the contact", since = 2 },
        { "route", "text", "as people read it", since = 2 },
        { "open", "boolean", nil, since = 2 },
        { "words", "text?", "why, with the arithmetic", since = 2 },
        { "from", "date?", "the first day on which it is open", since = 2 },
      }, run = "load", example = [[
local route = { contact = 3, route = "a first penalty notice", open = false, from = "2026-05-01" }
route.open                --> false]] },
    { "step", class = true, is = "step fields", text = "What `step { … }` gives: its fields, and `with`.", fields = {},
      example = 'parent.steps["absence-callback"].principle    --> "listen"' },
    { "step:with", in_lua = true, takes = { { "changes", "step fields" } }, gives = { "step" },
      text = "A changed copy, with the fields that are given and the rest as they are: how a plugin that extends "
        .. "another changes one thing. No field is needed here.",
      example = [[
local visit = step { title = "Visit", principle = "listen" }
visit:with { title = "A cup of tea" }.title    --> "A cup of tea"]] },
  },
}
