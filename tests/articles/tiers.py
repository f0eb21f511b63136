# How marks are matched, against a scan of the articles.
#
#   tiers.py FILE [EVERY [JSON]]      FILE: JSON lines; EVERY: of that many articles one is taken
#
# Random pairs of neighbouring syllables are asked for with their marks, without, and as phrases. The scan knows
# articles as sets of words (words.py): all words exactly; with the same letters and any tones; with the same base
# letters. A pair that is a unit of an abbreviation (trung ương = TW) is left out: it means more than its words.
import collections
import os
import random
import sys

import engine
import words

PAIRS = 2000
SETS = 200 # of which the keys are compared, not the counts alone
WIDENED_BELOW = 10
UNITS = {("trung", "ương")}


class Scan:
    """The articles, by number, of each word in three readings."""

    def __init__(self, articles):
        self.articles = articles
        self.letters = {}
        self.rows = []
        exact = collections.defaultdict(set)
        for number, article in enumerate(articles):
            row = [[words.key(word) for word in words.words(article.get(field))] for field in ("title", "body")]
            self.rows.append("\0".join(map(self.spell, row)))
            for key in set(row[0] + row[1]):
                exact[key].add(number)
        tone, folded = collections.defaultdict(set), collections.defaultdict(set)
        for (letters, mark), numbers in exact.items():
            tone[letters] |= numbers
            folded[words.without_shapes(letters)] |= numbers
        self.readings = [lambda k: exact[k], lambda k: tone[k[0]], lambda k: folded[words.without_shapes(k[0])]]

    def tiers(self, keys):
        """Of each tier the articles that have all of KEYS, those of the tighter ones included."""
        return [set.intersection(*(reading(k) for k in keys)) for reading in self.readings]

    def phrase(self, keys):
        """The articles in which KEYS stand side by side, within the title or within the body."""
        row = self.spell(keys)
        return {n for n in self.tiers(keys)[0] if row in self.rows[n]}

    def spell(self, keys):
        """A text with one character a word, so that a phrase is a part of it."""
        return "".join(self.letters.setdefault(key, chr(len(self.letters) + 1)) for key in keys)

    def keys_of(self, numbers):
        return {self.articles[n]["key"] for n in numbers}


def plain(keys):
    return " ".join(words.without_shapes(letters) for letters, tone in keys)


def marked(keys):
    return any(tone or not letters.isascii() for letters, tone in keys)


def pairs(articles, count, chance):
    """Pairs of syllables of Vietnamese that stand side by side, in lower case, no two alike."""
    found = {}
    for article in chance.sample(articles, len(articles)) * 20:
        row = words.words(article.get("body") or article.get("title"))
        if len(found) >= count:
            break
        if len(row) < 2:
            continue
        at = chance.randrange(len(row) - 1)
        keys = [words.key(word) for word in row[at:at + 2]]
        letters = tuple(k[0] for k in keys)
        if letters not in UNITS and all(words.syllable(x) and not x.isascii() or len(x) > 1 and words.syllable(x)
                                        for x in letters):
            found[" ".join(row[at:at + 2]).lower()] = keys
    return found


def expected_counts(tiers):
    counts = [len(tiers[0]), 0, 0]
    for tier in (1, 2):
        if sum(counts) < WIDENED_BELOW:
            counts[tier] = len(tiers[tier]) - len(tiers[tier - 1])
    return counts


def counts(answer):
    return [answer["totals_by_tier"][tier] for tier in ("exact", "tone", "folded")]


def prove_marked(archive, scan, asked, report, name):
    asked = {query: keys for query, keys in asked.items() if marked(keys)}
    answers = engine.search(archive, asked)
    wrong, shown, right = [], 0, 0
    for (query, keys), answer in zip(asked.items(), answers):
        tiers = scan.tiers(keys)
        if counts(answer) != expected_counts(tiers):
            wrong.append(f"{query}: {counts(answer)}, by scanning {expected_counts(tiers)}")
        if len(tiers[0]) >= WIDENED_BELOW:
            exact = scan.keys_of(tiers[0])
            shown += len(answer["hits"])
            right += sum(hit["key"] in exact for hit in answer["hits"])
    report.say(f"{name}, marked: counts of each tier", not wrong, {"queries": len(asked), "differ": len(wrong)}, wrong)
    report.say(f"{name}, marked: precision of the first ten", shown > 0 and right >= 0.99 * shown,
               {"hits": shown, "precision": round(right / max(shown, 1), 4)})


def prove_unmarked(archive, scan, asked, report, name):
    asked = {plain(keys): keys for keys in asked.values()}
    wrong = []
    for (query, keys), answer in zip(asked.items(), engine.search(archive, asked, limit=1)):
        expected = len(scan.tiers(keys)[2])
        if answer["total"] != expected:
            wrong.append(f"{query}: {answer['total']}, by scanning {expected}")
    report.say(f"{name}, unmarked: totals", not wrong, {"queries": len(asked), "differ": len(wrong)}, wrong)
    some = {query: scan.keys_of(scan.tiers(keys)[2]) for query, keys in asked.items()}
    some = dict(sorted(some.items(), key=lambda item: (item[0] != "tu vong", len(item[1])))[:SETS])
    prove_sets(archive, some, report, f"{name}, unmarked")


def prove_sets(archive, asked, report, name):
    """ASKED: queries with the keys of the articles that they must find."""
    wrong = []
    for (query, expected), got in zip(asked.items(), engine.found(archive, asked)):
        if got != expected:
            wrong.append(f"{query}: {len(got)}, by scanning {len(expected)}: {sorted(got ^ expected)[:2]}")
    report.say(f"{name}: sets of articles", not wrong, {"queries": len(asked), "differ": len(wrong)}, wrong)


def prove_phrases(archive, scan, asked, report, name):
    asked = [(f'"{query}"', keys) for query, keys in asked.items() if marked(keys)][:SETS]
    prove_sets(archive, {query: scan.keys_of(scan.phrase(keys)) for query, keys in asked}, report, f"{name}, phrases")


def prove_widened(archive, scan, query, report, name):
    """Asked for its loosest tier, QUERY shows every exact article before any other."""
    keys = [words.key(word) for word in query.split(" ")]
    tiers = [scan.keys_of(tier) for tier in scan.tiers(keys)]
    answer = engine.search(archive, [query], "--tier", "folded", limit="all")[0]
    got = [hit["key"] for hit in answer["hits"]]
    good = (set(got[:len(tiers[0])]) == tiers[0] and set(got[:len(tiers[1])]) == tiers[1] and set(got) == tiers[2] and
            len(got) == len(tiers[2]))
    report.say(f"{name}, {query} with tier=folded: exact articles first", good,
               {"exact": len(tiers[0]), "tone": len(tiers[1]), "folded": len(tiers[2])})


def prove(path, every, report):
    name = os.path.basename(path).split(".")[0]
    with engine.indexed(path, every) as (archive, articles):
        scan = Scan(articles)
        asked = pairs(articles, PAIRS, random.Random(name))
        prove_marked(archive, scan, asked, report, name)
        prove_unmarked(archive, scan, asked | {"tử vong": [("tư", "\u0309"), ("vong", "")]}, report, name)
        prove_phrases(archive, scan, {"tử vong": [("tư", "\u0309"), ("vong", "")]} | asked, report, name)
        prove_widened(archive, scan, "tử vong", report, name)
        prove_widened(archive, scan, "hòa bình", report, name)


if __name__ == "__main__":
    engine.main(prove)
