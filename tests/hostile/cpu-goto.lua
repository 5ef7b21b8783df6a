-- expect: over-budget
::again:: goto again
