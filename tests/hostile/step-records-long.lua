-- expect: failed hostile/steps/visit.lua: step: records: "longlong
-- as: step
return step { title = "Visit", principle = "listen", records = { [("long"):rep(1000)] = "text" } }
