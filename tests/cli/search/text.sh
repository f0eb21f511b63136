# Hits for people: a title, where it is from, why it was found. Talk, with its times, is on stderr.
trabao search --db "$ARCHIVE" --limit 3 '"vàng miếng"' 2>err
sed -E 's/[0-9]+[.,]?[0-9]* ms/N ms/' err
