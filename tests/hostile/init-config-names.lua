-- expect: finished
-- as: init
config = { ["\27[31m"] = 1 }
return { road_map = {} }
