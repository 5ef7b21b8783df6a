-- expect: finished
return { "\"\\/\b\f", "</script>", "\u{2028}" }
