-- expect: failed
-- as: init
count { name = "\27[31mred", codes = "O", at_least = 1, weeks = 4 }
return { road_map = {} }
