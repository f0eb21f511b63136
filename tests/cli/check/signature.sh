# A signature that lacks bits would hide articles: it is found.
cp "$ARCHIVE" a.trabao
sqlite3 a.trabao 'UPDATE signature SET bits = zeroblob(length(bits)) WHERE id % 2'
trabao check --db a.trabao 2>/dev/null | sed 's/article [0-9]*/article N/' | sort -u
