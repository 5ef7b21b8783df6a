-- expect: over-budget hostile/plugin.lua:3
-- as: manifest
while true do end
