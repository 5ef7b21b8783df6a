-- expect: failed \x1B]8;;
error("\27]8;;http://example.org\27\\click\27]8;;\27\\", 0)
