-- expect: failed \xFF
error("\xFF\xC0\x80", 0)
