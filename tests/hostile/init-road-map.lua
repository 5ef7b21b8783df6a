-- expect: failed is not a name
-- as: init
return { road_map = { "../../etc/passwd" } }
