-- api/plugin: the declaration of what every file of a plugin has besides. See api/init.lua.

return {
  title = "in a plugin's files", where = "plugin", run = "load",
  about = "What a plugin's files have besides what the other subjects name. Each plugin has globals of its own.",
  entries = {
    { "config", type = "map of any", text = "The plugin's options, and those of the plugin that it extends: the "
      .. "default, then what a plugin that extends it configures, then what the settings say. An option that both "
      .. "have is the extending plugin's. Another name raises, with the nearest.",
      example = "config.sessions           --> 6" },
    { "today", type = "date?", text = "The day looked at, inside a step; in a hook, the day of the event. nil while "
      .. "the plugin loads: rules may not hang on the day on which they were read.",
      run = "step", example = 'today                     --> "2026-03-20"' },
    { "require", in_lua = true, takes = { { "name", "text", "a plugin, or \"NAME.file\" for a file of one's own" } },
      gives = { "any" }, text = "What another plugin's `init.lua` returns, or a file of one's own. Only plugins that "
        .. "`requires` or `extends` names.", raises = "when it cannot be required, or there is no such file",
      example = 'require("england").compulsory.from_age    --> 5' },
    { "fold", since = 3, takes = { { "text", "text" } }, gives = { "text" },
      text = "A text as names are compared here, in every script: without case, accents and the form of its "
        .. "apostrophes. `lower` knows English letters alone.",
      example = 'fold "ŁUKASZ O’Neill" == fold "łukasz o\'neill"    --> true' },
    { "codes", in_lua = true, takes = { { "list", "list of code" } }, gives = {},
      text = "Declares codes of attendance, with `codes = true` in `plugin.lua` (which level 1 has not). "
        .. "What two plugins say of a code has to be the same, and the class of a code that a workspace has stays.",
      raises = "inside a step or a hook: codes are declared when a plugin loads", run = "codes",
      example = 'codes { { "%", "authorised", "Snowed in", from = "2026-01-05" } }' },
    { "code", text = "One row of `codes`.", form = {
        { 1, "text", "the code, one or two characters", required = true },
        { 2, "class", nil, required = true },
        { 3, "text", "its meaning", required = true },
        { "physical", "boolean", "the pupil was in school" },
        { "late", "boolean", "it says that the pupil came late", since = 3 },
        { "half", "half", "for mornings or for afternoons only" },
        { "from", "date", "the first day in force" },
        { "to", "date", "the last day in force" },
      }, run = "codes", example = 'codes { { "%", "present", "Present in the hall", physical = true, half = "AM" } }' },
    { "parent", type = "parent?", text = "What a plugin that `extends` another sees of it; nil without one.",
      example = 'parent.steps["absence-callback"].title       --> "Absence call-back"' },
    { "parent", class = true, text = "The fields of `parent`.", fields = {
        { "module", "any", "what its `init.lua` returns" },
        { "road_map", "road_map", "a copy of its road map, to be changed" },
        { "steps", "map of step", "its steps, for `:with { … }`" },
      }, example = 'parent.road_map[1]        --> "attendance-policy"' },
  },
}
