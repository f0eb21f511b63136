# A query of five words or more relaxes when few articles have them all. A tier that was asked for counts what it finds,
# in whatever reading.
{
    for n in 1 2 3 4 5 6 7 8 9 10 11; do
        echo '{"id": "other-'$n'", "title": "Dạng kỳ, phận lương, khổng lồ"}'
    done
    echo '{"id": "part", "title": "không phân luồng"}'
} | trabao index --quiet --db a.trabao -
total() {
    echo "== $*: $(trabao search --db a.trabao --format json "$@" | jq -c '[.total, .relaxed]')"
}
total khong phan luong dang ky
total --tier folded khong phan luong dang ky
total --strict khong phan luong dang ky
