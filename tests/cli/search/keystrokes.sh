# Words typed in Telex or VNI without an input method.
show() {
    trabao search --db "$ARCHIVE" --format json --limit 1 "$@" | jq -c '[.total, .understood, .warnings]'
}
show vieejt nam
show Vie65t Nam
show '"mawtj traanj" -ddoanf'
show ngafy 30 thangs 4
show title:xawng OR giaf
# Marks are put back in what was read.
trabao search --db "$ARCHIVE" --format json -- -ddoanf mat tran to quoc | jq .suggestion
# A word that occurs is what it is, one that makes no syllable too, and all of the keys count or none.
show covid19 B52 iphone14 abc1
show =vieejt
show vieejt ghex
show --strict vieejt nam
# A single letter is no proof of keys.
show o73
show tre6n o73

# The judged queries with marks, typed in either way, find what they find with their marks. Those with an abbreviation
# like HĐND are left out: its keys make no syllable.
type_in() { # telex|vni
    python3 -c '
import sys, unicodedata
vni = sys.argv[1] == "vni"
tones = dict(zip("\u0301\u0300\u0309\u0303\u0323", "12345" if vni else "sfrxj"))
shapes = {"\u0302": "6", "\u031b": "7", "\u0306": "8"} if vni else {"\u031b": "w", "\u0306": "w"}
for line in sys.stdin:
    topic, query = line.rstrip("\n").split("\t")[:2]
    words = []
    for word in query.split(" "):
        out, tone = "", ""
        for c in word.replace("đ", "d9" if vni else "dd").replace("Đ", "D9" if vni else "Dd"):
            parts = unicodedata.normalize("NFD", c)
            out += parts[0]
            for mark in parts[1:]:
                if mark in tones:
                    tone = tones[mark]
                else:
                    out += shapes.get(mark) or parts[0].lower()
        end = len(out) - (out[-1:] in "\",)*")
        words.append(out[:end] + tone + out[end:])
    print(topic, " ".join(words), sep="\t")
' "$1"
}
judged=$SAMPLES/../../tests/relevance/judged/queries.tsv
cut -f 1,2 "$judged" | grep -vE ':|=|[A-ZĐ&]{2}|T\.Ư' | LC_ALL=C grep -P '[\x80-\xff]' >marked.tsv
for method in telex vni; do
    type_in $method <marked.tsv >$method.tsv
    for file in marked $method; do
        trabao search --db "$ARCHIVE" --batch $file.tsv --format trec -n 10 >$file.trec 2>$file.err
    done
    differing=$(diff marked.trec $method.trec | grep -c '^[<>]')
    echo "$method: $differing lines differ, $(diff marked.tsv $method.tsv | grep -c '^<') typed"
    grep -c Telex $method.err
done
trabao search --db "$ARCHIVE" --format json '"30/4 Vie65t "' | jq -c '[.total, .warnings]'
