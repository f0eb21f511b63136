# What people and machines type: how many articles each finds, how it was read, its warnings; and whether --strict
# refuses it.
while IFS= read -r query; do
    trabao search --db "$ARCHIVE" --format json --limit 1 -- "$query" |
        jq -c '[.query[:40], .total, .understood[:40], .warnings]'
    trabao search --db "$ARCHIVE" --strict --format csv -- "$query" >/dev/null 2>err
    status=$?
    [ $status -le 1 ] || echo "    strict $status: $(cut -c 1-110 err)"
done <<'QUERIES'
20/7
TP.HCM
covid-19
"tử vong
AND
C++
(((
😀
vàng 😀
giá -vàng
-vàng
NOT
NOT vàng
vàng NOT
((((((((vàng))))))))
(((((((((vàng)))))))))
và* gi* ca* ng*
v* giá
"vàng" OR
giá NEAR/2 vàng
=nguời
nguời
@ # $ %
'
a.b.c
<script>alert(1)</script>
%00
\
*
""
“tử vong”
tử–vong
QUERIES
