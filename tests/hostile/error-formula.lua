-- expect: failed =cmd|
error("=cmd|' /C calc'!A0", 0)
