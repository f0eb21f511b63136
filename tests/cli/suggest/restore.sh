# Marks are put back from what the archive knows; what has marks stays.
trabao suggest --db "$ARCHIVE" mat tran to quoc
trabao suggest --db "$ARCHIVE" --restore 'gia vang' 'Đà Nẵng'
printf 'q1\tuy ban nhan dan\nno tab here\nq2\tqwertyuiop\n' | trabao suggest --db "$ARCHIVE" --batch -
echo "status $?"
trabao suggest --db "$ARCHIVE"
echo "status $?"
trabao suggest --db absent.trabao abc
echo "status $?"
