-- expect: finished
-- as: init
config = { "a", "list" }
return { road_map = {} }
