-- expect: finished
-- as: hook
-- request: 0.5
-- The day of an event is put into the plugin's environment, which is the plugin's.
on("entry.recorded", function() return nil end)
rawset(_ENV, "ready", 1)
setmetatable(_ENV, { __newindex = function(env, name, value)
  if name == "today" and value == "2026-03-20" then
    rawset(env, "today", nil)
    if rawget(env, "again") then while true do end end
    rawset(env, "again", true)
  end
end })
