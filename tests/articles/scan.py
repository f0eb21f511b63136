# Counts the articles (JSON lines on stdin) whose title or body has one of the spellings of a unit, by regular
# expressions alone. Arguments: the spellings, words apart by blanks; `?word` may be missing.
import json, re, sys, unicodedata


def plain(text):
    text = unicodedata.normalize("NFC", text or "").casefold()
    text = "".join(c for c in text if unicodedata.category(c) != "Cf")
    return text.replace("uỷ", "ủy").replace("oà", "òa")


def pattern(spelling):
    out = ""
    for word in plain(spelling).split(" "):
        gap = r"[\W_]+" if out else ""
        out += f"(?:{gap}{word[1:]})?" if word[0] == "?" else gap + word
    return rf"(?<![^\W_]){out}(?![^\W_])"


anything = re.compile("|".join(map(pattern, sys.argv[1:])))
articles = map(json.loads, sys.stdin)
print(sum(any(anything.search(plain(a.get(field))) for field in ("title", "body")) for a in articles))
