# One archive in five other spellings must answer as it does in its own; and queries in these spellings too.
#
#   rewriting.py FILE [EVERY [JSON]]      FILE: JSON lines; EVERY: of that many articles one is taken
#
# Spellings: NFD; base letter + separate tone mark (Windows-1258); tone on the second vowel of open oa, oe, uy (hoà,
# thuý); tones on a wrong vowel (vịêt); old lookalikes of đ with invisible characters inside words. Some hundred random
# queries: pairs of words with and without marks, names, titles, phrases, dates, prefixes. Keys, order, tiers, scores,
# totals and suggestions must be the same.
import os
import random
import re
import tempfile
import unicodedata

import engine
import words

QUERIES_OF_A_KIND = 50
WHOLE_WORDS = ("new style", "misplaced") # spellings in which the beginning of a word is spelled otherwise
FIELDS = ("title", "body", "author", "source", "category")
DATE = re.compile(r"(?<![\d/.\-])\d{1,2}[/.\-]\d{1,2}(?:[/.\-]\d{4})?(?![\d/.\-])|(?:ngày )?\d{1,2} tháng \d{1,2}")
NAME = re.compile(r"(?:[A-ZĐ][a-zà-ỹ]+ ){2,3}[A-ZĐ][a-zà-ỹ]+")


def separate_tones(text):
    out = []
    for character in unicodedata.normalize("NFC", text):
        parts = unicodedata.normalize("NFD", character)
        tone = [c for c in parts if c in words.TONES]
        if tone and parts != character:
            character = unicodedata.normalize("NFC", "".join(c for c in parts if c not in words.TONES)) + "".join(tone)
        out.append(character)
    return "".join(out)


def new_style(word):
    """hòa -> hoà where the open syllable ends in oa, oe or uy that do not follow a q."""
    letters, tone = words.key(word)
    if len(tone) != 1 or not re.fullmatch(f"(?!qu)(?:{words.INITIALS})(?:oa|oe|uy)", letters):
        return word
    return place(word, tone, len(letters) - 1)


def place(word, tone, at):
    """WORD with its tone on the letter number AT."""
    plain = [c for c in unicodedata.normalize("NFD", word) if c not in words.TONES]
    plain = unicodedata.normalize("NFC", "".join(plain))
    return unicodedata.normalize("NFC", plain[:at + 1] + tone + plain[at + 1:])


def misplaced(word):
    """The tone on another of the vowels; the word itself where there is no other."""
    letters, tone = words.key(word)
    if len(tone) != 1 or len(letters) != len(unicodedata.normalize("NFC", word)) or not words.syllable(letters):
        return word
    own = [i for i, c in enumerate(unicodedata.normalize("NFC", word)) if set(unicodedata.normalize("NFD", c)) & {tone}]
    vowels = [i for i, c in enumerate(letters) if words.without_shapes(c) in "aeiouy"]
    others = [i for i in vowels if i not in own]
    return place(word, tone, random.Random(word).choice(others)) if others else word


def latin(word):
    """Scripts that only a dictionary cuts into words (Han, kana, Thai) are left as they are."""
    return word.isalpha() and unicodedata.name(word[0]).startswith("LATIN")


def old_letters(word):
    """Lookalikes of đ, and an invisible character inside every third word of letters."""
    chance = random.Random(word)
    word = "".join(chance.choice({"Đ": "ÐƉ", "đ": "ðɖ"}.get(c, c)) for c in word)
    if len(word) > 1 and latin(word) and chance.random() < 1 / 3:
        at = chance.randrange(1, len(word))
        word = word[:at] + chance.choice("\u00ad\u200b\u200c\u200d\u2060\ufeff") + word[at:]
    return word


def by_word(rewrite):
    known = {}

    def one(match):
        word = match.group()
        if word not in known:
            known[word] = rewrite(word)
        return known[word]

    return lambda text: words.WORD.sub(one, unicodedata.normalize("NFC", text))


SPELLINGS = {
    "NFD": by_word(lambda word: unicodedata.normalize("NFD", word) if latin(word) else word),
    "separate tones": by_word(separate_tones),
    "new style": by_word(new_style),
    "misplaced": by_word(misplaced),
    "old letters": by_word(old_letters),
}


def rewritten(articles, spelling):
    for article in articles:
        yield {k: spelling(v) if k in FIELDS and isinstance(v, str) else v for k, v in article.items()}


def without_marks(text):
    return words.without_shapes("".join(c for c in unicodedata.normalize("NFD", text) if c not in words.TONES)
                                .replace("Đ", "D"))


def queries(articles, chance):
    """Of each kind as many as wanted; tabs and newlines cannot stand in a batch."""
    kinds = {kind: [] for kind in ("pair", "unmarked", "name", "title", "phrase", "date", "prefix")}
    wanted = QUERIES_OF_A_KIND
    for article in chance.sample(articles, len(articles)):
        title = article.get("title") or ""
        text = f"{title}\n{article.get('body') or ''}"
        tokens = words.words(text)
        if len(tokens) < 20 or all(len(k) >= wanted for k in kinds.values()):
            continue
        at = chance.randrange(len(tokens) - 4)
        new = {"pair": " ".join(tokens[at:at + 2]), "unmarked": without_marks(" ".join(tokens[at:at + 2])),
               "title": title, "prefix": f"{tokens[at][:3]}* {tokens[at + 2]}",
               "phrase": '"' + " ".join(tokens[at:at + 3]) + '"'}
        for kind, pattern in (("name", NAME), ("date", DATE)):
            matches = pattern.findall(text)
            if matches:
                new[kind] = chance.choice(matches)
        for kind, query in new.items():
            if query and len(kinds[kind]) < wanted and "\n" not in query:
                kinds[kind].append(query.replace("\t", " "))
    return [query for kind in kinds.values() for query in kind]


def essence(answer, suggested):
    if answer is None:
        return ["refused"]
    return [answer["total"], answer["totals_by_tier"], suggested and answer["suggestion"],
            *((h["key"], h["tier"], h["score"]) for h in answer["hits"])]


def differences(asked, expected, got, suggested=True):
    """SUGGESTED: suggestions too, which are spelled as the query is where that has marks."""
    out = []
    for query, *answers in zip(asked, expected, got):
        a, b = (essence(answer, suggested) for answer in answers)
        if a != b:
            out.append(query + next((f": {x!r:.200} / {y!r:.200}" for x, y in zip(a, b) if x != y), ": shorter"))
    return out


def prove(path, every, report):
    name = os.path.basename(path).split(".")[0]
    articles = engine.articles(path, every)
    asked = queries(articles, random.Random(name))
    with tempfile.TemporaryDirectory() as folder:
        original = folder + "/original"
        engine.index(original, articles)
        expected = engine.search(original, asked, limit=100)
        for spelling, rewrite in SPELLINGS.items():
            other = folder + "/rewritten"
            engine.index(other, rewritten(articles, rewrite))
            differ = differences(asked, expected, engine.search(other, asked, limit=100))
            report.say(f"{name} in {spelling}", not differ,
                       {"articles": len(articles), "queries": len(asked), "differ": len(differ)}, differ)
            os.unlink(other)
            respelled = [q if "*" in q and spelling in WHOLE_WORDS else rewrite(q) for q in asked]
            changed = sum(a != b for a, b in zip(asked, respelled))
            got = engine.search(original, respelled, limit=100)
            differ = differences(asked, expected, got, suggested=False)
            report.say(f"{name} asked in {spelling}", not differ and changed > 0,
                       {"queries": len(asked), "respelled": changed, "differ": len(differ)}, differ)


if __name__ == "__main__":
    engine.main(prove)
