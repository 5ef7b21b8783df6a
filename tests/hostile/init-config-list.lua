-- expect: killed a malformed answer
-- as: init
config = { "a", "list" }
return { road_map = {} }
