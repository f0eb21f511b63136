# `help` is what people type first.
trabao help | diff - <(trabao --help) && echo "the list"
trabao help search | diff - <(trabao search --help) && echo "one command"
trabao help nothing
