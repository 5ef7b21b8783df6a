-- A penalty notice that was issued, and what became of it: no stop of the road map.
return require "england.penalty_step"
