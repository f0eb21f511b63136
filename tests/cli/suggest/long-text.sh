# A text of any length gets its marks, in pieces that end with a clause where they can.
words() { for _ in $(seq 100); do printf 'mat tran to quoc, uy ban nhan dan '; done; }
trabao suggest --db "$ARCHIVE" "$(words)" >restored
grep -o 'mặt trận tổ quốc, ủy ban nhân dân' restored | wc -l
wc -w <restored
printf 'q1\t%s\nq2\t%s\377\n' "$(words)" "$(words)" | trabao suggest --db "$ARCHIVE" --batch - >batch 2>/dev/null
echo "status $?"
cut -f 2 batch | cmp - restored && wc -l <batch
