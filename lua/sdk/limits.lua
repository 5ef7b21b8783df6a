-- limits: how much a plugin may declare and cause. What is over one of them stops the plugin, the
-- step or the hook, and is said with the limit.
--
--   limits.NAME                     a number
--   limits.list                     { { name, most, what }, … }: as people read them
--   limits.fault(NAME, n [, of])    nil, or that n is too many

local limits = {}

limits.list = {
  { "files", 200, "files of a plugin; 1 MB each, 3 MB in all" },
  { "rules", 100, "rules of a plugin" },
  { "rolling", 16, "rules over rolling school weeks of a plugin" },
  { "set_rules", 500, "rules of a plugin with those that it needs" },
  { "all_rolling", 64, "rules over rolling school weeks of all plugins in use" },
  { "codes", 100, "codes of attendance of a plugin" },
  { "steps", 60, "steps of a road map, and as many further ones" },
  { "declared", 1000000, "bytes of all that a plugin declares, with those that it needs" },
  { "items", 500, "items of any other list, or names of a table, that is declared" },
  { "file_name", 40, "bytes of a name that becomes a file's" },
  { "evidence", 10, "pieces of evidence of one reason" },
  { "evidence_bytes", 50000, "bytes of the half days in the evidence of one reason" },
  { "school_evidence", 10000000, "bytes of the same of a step for one school in one run" },
  { "reason", 500, "bytes of a reason, or of what a gate says" },
  { "concern", 64, "bytes of a concern" },
  { "suggestions", 5, "suggestions of a step in four weeks for each pupil of a school (at least 200), on average" },
  { "answer", 4000000, "bytes of what all steps say of a batch" },
  { "effects", 20, "effects of one event" },
  { "effect", 65536, "bytes of one effect" },
  { "all_effects", 4000000, "bytes of all effects of a hundred events" },
  { "hooks", 100, "hooks of a plugin" },
  { "pupil_mails", 40, "mails by a plugin about one pupil in one run" },
  { "mails", 10000, "mails by a plugin about one school in one run" },
  { "mail_bytes", 20000000, "bytes of what they hold" },
  { "pupil_notes", 10, "notes and reviews by a plugin for one pupil in one run" },
  { "notes", 1000, "notes and reviews by a plugin in one run" },
  { "instructions", 20000000, "instructions of one call of a step or a hook" },
  { "memory", 64, "MB of memory of a plugin" },
  { "seconds", 3, "seconds of processor time for a batch of at most 256 pupils" },
  { "failing_pupils", 19, "pupils of one school with whom a step fails; with more it is left out of the run" },
  { "failing_steps", 10, "steps left out of a run; with more the whole road map is" },
}

local what = {}
for _, each in ipairs(limits.list) do limits[each[1]], what[each[1]] = each[2], each[3] end

function limits.fault(name, n, of)
  if n <= limits[name] then return nil end
  return ("%stoo many: at most %d %s; see: waymark help limits"):format(of and of .. ": " or "", limits[name],
    what[name])
end

return limits
