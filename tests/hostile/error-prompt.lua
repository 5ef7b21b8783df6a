-- expect: failed \x0A[sudo]
error("\n[sudo] password for head: ", 0)
