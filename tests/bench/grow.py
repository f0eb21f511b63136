#!/usr/bin/env python3
"""Makes a larger archive out of a smaller one: grow.py ARTICLES.JSONL OUT.JSONL TIMES [SEED]

Writes TIMES as many articles: those of ARTICLES.JSONL, then TIMES - 1 further editions of them. In each edition the
articles are paired at random, and every sentence that has a counterpart at the same place in its article's mate changes
places with it with probability SWAP. So a word is in TIMES as many articles, and no two articles are alike. Titles
stay. Dates move by up to SPREAD days; articles without a date get one between FIRST_DAY and LAST_DAY.

Memory holds the places of the articles in the file and a number per article written, not the articles. The same
arguments give the same file.
"""
import datetime
import json
import mmap
import os
import random
import re
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from articles import open_lines  # noqa: E402

SWAP = 0.25
SPREAD = 730
FIRST_DAY, LAST_DAY = datetime.date(2008, 1, 1), datetime.date(2025, 12, 31)
TRIES = 20
# What ends a sentence is kept as pieces of its own, so that paragraphs stay where they were.
SENTENCE_END = re.compile(r"((?<=[.!?…])\s+|\n+)")


class Source:
    """The records of a file, by number."""

    def __init__(self, path, copy):
        """Reads PATH once; what it holds is written to COPY, which stays open, so that records can be read again."""
        self.starts = [0]
        with open_lines(path) as lines:
            for line in lines:
                if line.strip():
                    copy.write(line if line.endswith(b"\n") else line + b"\n")
                    self.starts.append(self.starts[-1] + len(line) + (not line.endswith(b"\n")))
        copy.flush()
        self.bytes = mmap.mmap(copy.fileno(), 0, access=mmap.ACCESS_READ)

    def __len__(self):
        return len(self.starts) - 1

    def line(self, number):
        return self.bytes[self.starts[number]:self.starts[number + 1]]


class Grower:
    def __init__(self, source, out, seed):
        self.source, self.out, self.seed = source, out, seed
        self.seen = set()
        self.alike = 0

    def write(self, record):
        self.out.write(json.dumps(record, ensure_ascii=False).encode() + b"\n")

    def first_edition(self):
        for number in range(len(self.source)):
            line = self.source.line(number)
            self.seen.add(hash(json.loads(line).get("body")))
            self.out.write(line)

    def dated(self, date, chance):
        """The date of an edition: the article's, moved, as precisely as it was; or one within the span."""
        try:
            day = datetime.date.fromisoformat((date or "")[:10])
            return (day - datetime.timedelta(chance.randrange(SPREAD))).isoformat() + date[10:]
        except (ValueError, OverflowError):
            span = (LAST_DAY - FIRST_DAY).days
            moment = datetime.timedelta(chance.randrange(span), chance.randrange(86400))
            return (datetime.datetime.combine(FIRST_DAY, datetime.time()) + moment).isoformat()

    def exchanged(self, one, other, chance):
        """The bodies of two articles after the exchange; drawn again while they are those of articles before."""
        pieces = [SENTENCE_END.split(one), SENTENCE_END.split(other)]
        places = range(0, min(map(len, pieces)), 2)
        for attempt in range(TRIES):
            mine, theirs = pieces[0][:], pieces[1][:]
            for at in places:
                if chance.random() < SWAP * (1 + attempt / TRIES):
                    mine[at], theirs[at] = theirs[at], mine[at]
            bodies = "".join(mine), "".join(theirs)
            if bodies[0] != bodies[1] and self.seen.isdisjoint(map(hash, bodies)):
                return bodies
        self.alike += 1
        return one + "\n" + other, other + "\n" + one

    def edition(self, number):
        chance = random.Random(f"{self.seed} {number}")
        order = list(range(len(self.source)))
        chance.shuffle(order)
        if len(order) % 2:
            order.append(order[0])
        for at in range(0, len(order), 2):
            pair = [json.loads(self.source.line(i)) for i in order[at:at + 2]]
            bodies = self.exchanged(*(record.get("body") or "" for record in pair), chance)
            for record, body in zip(pair[:1 if order[at + 1] == order[0] else 2], bodies):
                self.seen.add(hash(body))
                self.write(self.in_edition(record, body, number, chance))

    def in_edition(self, record, body, number, chance):
        if record.get("id"):
            record["id"] = f"{record['id']}~{number}"
        if record.get("url"):
            record["url"] += ("&" if "?" in record["url"] else "?") + f"edition={number}"
        record["body"] = body
        record["date"] = self.dated(record.get("date"), chance)
        return record


def main():
    path, out_path, times = sys.argv[1], sys.argv[2], int(sys.argv[3])
    seed = sys.argv[4] if len(sys.argv) > 4 else "1"
    with tempfile.TemporaryFile() as copy, open(out_path, "wb", buffering=1 << 20) as out:
        grower = Grower(Source(path, copy), out, seed)
        grower.first_edition()
        for number in range(2, times + 1):
            grower.edition(number)
    print(f"{out_path}: {times} times {len(grower.source)} articles; {grower.alike} pairs had to be joined",
          file=sys.stderr)


if __name__ == "__main__":
    main()
