# A sound archive passes.
trabao check --db "$ARCHIVE"
