-- expect: failed \x1B
error("\27]0;owned\7\27[2J\r\nwaymark: all is well\0", 0)
