-- expect: failed not a step's name
-- as: init
return { road_map = { "../../etc/passwd" } }
