-- expect: finished
-- as: init
config = {}
config.again = config
return { road_map = {} }
