-- expect: failed
-- as: init
return { road_map = {}, lists = { new_lines_a_week = 0 / 0, ["\27"] = 1 } }
