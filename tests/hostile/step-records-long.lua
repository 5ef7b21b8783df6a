-- expect: killed a malformed answer
-- as: step
return step { title = "Visit", principle = "listen", records = { [("long"):rep(1000)] = "text" } }
