-- expect: over-budget hostile/init.lua:3
-- as: init
while true do end
