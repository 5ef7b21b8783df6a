-- 2. One more step, before early help.
return { road_map = parent.road_map:insert_before("early-help", "breakfast-club") }
