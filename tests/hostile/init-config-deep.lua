-- expect: failed nested too deep
-- as: init
config = {}
config.again = config
return { road_map = {} }
