#!/usr/bin/env python3
"""Cuts queries out of articles: queries.py ARTICLES.JSONL SEED COUNT FOLDER

FOLDER gets queries.tsv and warm.tsv, COUNT queries each and none in both, and web.tsv, many more of the kinds that do
not run out. Lines of identifier, class, query, folded query, below a heading. The classes:

    name       a third: runs of two to four capitalised words inside sentences, of three frequencies
    titlefrag  three to six neighbouring words of a title
    title      whole titles
    single     words, of three frequencies
    compound   pairs of neighbours that stand together more often than chance has it

Only words of letters are taken, so that no rule about digits, hyphens or stops changes what a query means. At most
SAMPLE articles, evenly spread, are looked at. The same arguments give the same files.
"""
import collections
import json
import os
import random
import re
import sys
import unicodedata

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from articles import fold, open_lines  # noqa: E402

SAMPLE = 30000
WEB_QUERIES = 150000
SHARES = {"name": 100, "titlefrag": 80, "title": 40, "single": 40, "compound": 40}
HEADING = "qid\tclass\tquery\tfolded\n"
CAPITALISED = re.compile(r"[^\W\d_]+")
LETTERS = re.compile(r"[^\W\d_]+(?: [^\W\d_]+)*")


def count_lines(path):
    with open_lines(path) as lines:
        return sum(1 for _ in lines)


def sampled(path):
    """Title and body, composed, of an even sample of the articles."""
    step = max(1, count_lines(path) // SAMPLE)
    with open_lines(path) as lines:
        for number, line in enumerate(lines):
            if number % step == 0:
                record = json.loads(line)
                yield (unicodedata.normalize("NFC", record.get("title") or ""),
                       unicodedata.normalize("NFC", record.get("body") or ""))


def names_in(body):
    """Runs of two to four capitalised words that do not begin a sentence."""
    names, run, begins = set(), [], True
    for token in body.split():
        word = token.strip(".,;:!?\"'()[]“”‘’…")
        capital = len(word) > 1 and word.isalpha() and word[0].isupper() and word[1:].islower()
        if capital and not begins:
            run.append(word)
        if not capital or begins or token[-1] != word[-1:]:
            if 2 <= len(run) <= 4:
                names.add(" ".join(run))
            run = []
        begins = token[-1] in ".!?:…\"”"
    return names


class Counts:
    """What the sample holds: titles, and in how many articles each name, word and pair of neighbours is."""

    def __init__(self, path):
        self.titles, self.articles = [], 0
        self.names, self.words, self.pairs = (collections.Counter() for _ in range(3))
        for title, body in sampled(path):
            self.articles += 1
            self.titles.append(title)
            self.names.update(names_in(body))
            if self.articles % 3 == 0:
                words = [w.lower() for w in CAPITALISED.findall(body)]
                self.words.update(set(words))
                self.pairs.update(set(zip(words, words[1:])))
        self.counted = self.articles // 3

    def names_by_frequency(self):
        ordered = sorted(self.names, key=lambda n: (-self.names[n], n))
        often = ordered[:300]
        some = [n for n in ordered[300:] if self.articles / 2500 <= self.names[n]]
        rare = [n for n in ordered if 1 <= self.names[n] <= 2 and n not in often]
        return often, some, rare

    def words_by_frequency(self):
        ordered = sorted(self.words, key=lambda w: (-self.words[w], w))
        some = [w for w in ordered if 0.004 <= self.words[w] / max(1, self.counted) <= 0.02]
        rare = [w for w in ordered if 1 <= self.words[w] <= 10 and 2 <= len(w) <= 7]
        return ordered[:80], some, rare

    def compounds(self):
        def together(pair):
            return self.pairs[pair] * self.counted / (self.words[pair[0]] * self.words[pair[1]])

        often = sorted((p for p, n in self.pairs.items() if n >= self.counted / 100), key=lambda p: (-self.pairs[p], p))
        return [" ".join(p) for p in often if len(p[0]) > 1 < len(p[1]) and together(p) >= 4][:600]


def piece_of(title, chance, least=3, most=6):
    runs = [run.split() for run in LETTERS.findall(title)]
    runs = [run for run in runs if len(run) >= least]
    if not runs:
        return None
    run = chance.choice(runs)
    length = chance.randint(least, min(most, len(run)))
    at = chance.randint(0, len(run) - length)
    return " ".join(run[at:at + length])


def whole_titles(titles):
    return [t for t in titles if LETTERS.fullmatch(t) and 8 <= t.count(" ") + 1 <= 14]


def draw(pools, chance, counts):
    """As many as COUNTS says of each pool, in turn, fewer where there are fewer."""
    taken = []
    for pool, count in zip(pools, counts):
        taken += chance.sample(pool, min(count, len(pool)))
    return taken


def thirds(count):
    return [count - 2 * (count // 3), count // 3, count // 3]


def rows_of(counts, chance, total):
    """Pairs of class and query: twice TOTAL, so that two sets can be cut out of them, and no two the same."""
    share = {name: 2 * total * part // sum(SHARES.values()) for name, part in SHARES.items()}
    titles = chance.sample(counts.titles, min(len(counts.titles), 2 * share["titlefrag"]))
    pieces = (piece_of(title, chance) for title in titles)
    drawn = {
        "name": draw(counts.names_by_frequency(), chance, thirds(share["name"])),
        "titlefrag": [p for p in pieces if p][:share["titlefrag"]],
        "title": draw([whole_titles(counts.titles)], chance, [share["title"]]),
        "single": draw(counts.words_by_frequency(), chance, thirds(share["single"])),
        "compound": draw([counts.compounds()], chance, [share["compound"]]),
    }
    seen, rows = set(), []
    for name, queries in drawn.items():
        for query in queries:
            if query.lower() not in seen:
                seen.add(query.lower())
                rows.append((name, query))
    return rows


def web_rows(counts, chance, avoid):
    """Names, pieces and whole titles in the shares of the other sets, each once and none of AVOID."""
    pools = {"name": list(counts.names), "title": whole_titles(counts.titles)}
    pools["titlefrag"] = [piece_of(t, chance, 2) for _ in range(8) for t in counts.titles]
    seen, rows = set(avoid), []
    for name, pool in pools.items():
        chance.shuffle(pool)
        for query in pool[:WEB_QUERIES * SHARES[name] // 220]:
            if query and query.lower() not in seen:
                seen.add(query.lower())
                rows.append((name, query))
    chance.shuffle(rows)
    return rows


def write(path, rows):
    with open(path, "w", encoding="utf-8") as out:
        out.write(HEADING)
        for number, (name, query) in enumerate(rows, 1):
            out.write(f"{name}-{number:04d}\t{name}\t{query}\t{fold(query).lower()}\n")


def main():
    path, seed, total, folder = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
    chance = random.Random(f"queries {seed}")
    counts = Counts(path)
    rows = rows_of(counts, chance, total)
    os.makedirs(folder, exist_ok=True)
    write(os.path.join(folder, "queries.tsv"), rows[0::2])
    write(os.path.join(folder, "warm.tsv"), rows[1::2])
    write(os.path.join(folder, "web.tsv"), web_rows(counts, chance, {query.lower() for _, query in rows}))


if __name__ == "__main__":
    main()
