# Only what is no text is refused; all that can be typed is searched, with a warning if it is odd.
try() {
    trabao search --db "$ARCHIVE" --format json "$@" >out 2>err
    echo "status $?: $(head -n 1 err | cut -c 1-100) $(jq -c .warnings out)"
}
try "$(printf 'a%.0s' {1..10000})"
try "$(printf 'gạo %.0s' {1..700})"
try $'gạo\xff'
try '"gạo'
try '((gạo'
try 'gạo)' '-'
try 'OR'
try '***'
try '"'
try 'section:'
try 'date:31/02/2020'
try 'NEAR/3(gạo'
try "'; DROP TABLE article; --"
try -- -gạo
try -- --db
try ''
