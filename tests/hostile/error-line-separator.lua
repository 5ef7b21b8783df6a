-- expect: failed one\u{2028}two\u{2029}three
error("one\u{2028}two\u{2029}three", 0)
