-- api_fields: the API level, and how tables that people write are checked. Made from the
-- declaration (api.lua) by `make api`; do not edit it.
--
--   fields   by table: a schema of check.lua
--   choices  by type: the names that it can be
--   newer    what came after level 1, with its level: globals; fields, by table; names of
--            closed lists, by type

return {
  level = 2,
  fields = {
    contacts = { lives_with = { type = "boolean" }, parental_responsibility = { type = "boolean" } },
    follow_up = { on = { required = true, type = "text" }, step = { required = true, type = "text" } },
    lists = {
      improved_points = { least = 1, most = 100, type = "integer" },
      improved_weeks = { least = 1, most = 20, type = "integer" },
      new_lines_a_week = { least = 1, most = 1000, type = "integer" },
      no_reason = { type = "text" },
      patience_weeks = { least = 1, most = 20, type = "integer" },
      reason_within_days = { least = 1, most = 60, type = "integer" },
      too_few_weeks = { least = 0, most = 20, type = "integer" },
    },
    mail = {
      data = { type = "table" },
      digest = { type = "text" },
      subject = { type = "text" },
      template = { type = "text" },
      to = { required = true },
    },
    manifest = {
      api = { required = true, type = "integer" },
      configure = { type = "table" },
      consults = { of = "text", type = "list" },
      extends = { type = "text" },
      licence = { type = "text" },
      name = { required = true, type = "text" },
      options = { type = "table" },
      reads = { of = "text", type = "list" },
      requires = { of = "text", type = "list" },
      sends = { of = "text", type = "list" },
      title = { type = "text" },
      version = { required = true, type = "text" },
    },
    note = { text = { required = true, type = "text" } },
    option = {
      choices = { type = "list" },
      default = { required = true },
      help = { required = true, type = "text" },
      least = { type = "number" },
      most = { type = "number" },
      of = { type = "text" },
      type = { choices = { "text", "number", "integer", "boolean", "list", "duration" }, type = "text" },
    },
    record_field = {
      choices = { of = "text", type = "list" },
      default = {},
      help = { type = "text" },
      least = { type = "number" },
      most = { type = "number" },
      not_before = { type = "text" },
      required = { type = "boolean" },
      type = {
        choices = {
          "text", "date", "contact", "number", "yes-no", "choice", "contacts", "list", "dates", "actions",
          "signatures",
        },
        required = true,
        type = "text",
      },
    },
    return_list = {
      name = { required = true, type = "text" },
      period = { choices = { "year", "weeks", "asked" }, type = "text" },
      rule = { required = true },
      title = { required = true, type = "text" },
      words = { type = "text" },
    },
    step = {
      about = { type = "text" },
      attempts = { of = "text", type = "list" },
      audience = { choices = { "staff", "referral", "family" }, type = "text" },
      checklist = { type = "function" },
      checks = { of = "duration", type = "list" },
      complete = { type = "function" },
      counts = {},
      documents = { of = "text", type = "list" },
      each_parent = { type = "boolean" },
      fills = { type = "function" },
      gate = { type = "function" },
      outcomes = { of = "text", type = "list" },
      period = { type = "duration" },
      plan = { type = "boolean" },
      principle = {
        choices = { "expect", "monitor", "listen", "facilitate", "formalise", "enforce" },
        required = true,
        type = "text",
      },
      records = { type = "table" },
      routes = { type = "function" },
      scope = { choices = { "pupil", "school" }, type = "text" },
      suggest = { type = "function" },
      title = { required = true, type = "text" },
      tolerance = { type = "text" },
    },
  },
  choices = {
    event_kind = {
      "suggestion.made", "suggestion.lapsed", "threshold.met", "threshold.undone", "review.due",
      "evidence.changed", "entry.recorded", "entry.bypassed", "entry.put-off", "entry.held", "entry.corrected",
    },
    field_type = {
      "text", "date", "contact", "number", "yes-no", "choice", "contacts", "list", "dates", "actions",
      "signatures",
    },
    grant = {
      "registers", "pupil.upn", "pupil.name", "pupil.groups", "pupil.dob", "pupil.sex", "sensitive",
      "contacts", "cases",
    },
    kind = { "rate", "count", "streak", "longest", "rolling", "missing", "trend", "weekday" },
    principle = { "expect", "monitor", "listen", "facilitate", "formalise", "enforce" },
    sends = { "mail", "note", "follow-up" },
    unit = { "school_weeks", "school_days", "calendar_days", "sessions" },
  },
  newer = {
    choices = {
      entry_kind = { rendered = 2 },
      field_type = { actions = 2, choice = 2, contacts = 2, dates = 2, list = 2, signatures = 2 },
      kind = { trend = 2, weekday = 2 },
      return_period = { asked = 2, weeks = 2, year = 2 },
      unit = { sessions = 2 },
    },
    fields = {
      manifest = { consults = 2 },
      module = { further = 2, returns = 2 },
      step = {
        checklist = 2,
        checks = 2,
        complete = 2,
        counts = 2,
        each_parent = 2,
        fills = 2,
        plan = 2,
        routes = 2,
        tolerance = 2,
      },
    },
    globals = { sessions = 2, sooner_of = 2, trend = 2, weekday = 2 },
  },
}
