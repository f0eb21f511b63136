#!/usr/bin/env python3
"""Articles for the oracle: articles.py SOURCE.JSONL COUNT FOLDER

FOLDER gets first.jsonl (COUNT articles), later.jsonl (of these some changed, and some new ones) and gone.txt (keys of
some that are to be taken out). Bodies are sentences of the articles of SOURCE in new combinations, with its titles,
authors and sections, at random days; the same arguments give the same files.
"""
import json
import os
import random
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from articles import read_articles  # noqa: E402

SOURCE_MAX = 5000
CHANGED, NEW, GONE = 150, 150, 100
SENTENCE = re.compile(r"(?<=[.!?…])\s+")


def made(rng, pool, number):
    sentences, records = pool
    one, other = rng.choice(records), rng.choice(records)
    article = {"url": f"https://oracle.example/{number}", "title": one.get("title"),
               "author": one.get("author") or rng.choice(["Lan Anh", "Minh Tú", "Đỗ Hà"]),
               "source": rng.choice(["Báo Mẫu", "Tin Mẫu"]), "category": other.get("category") or "Thời sự",
               "body": " ".join(rng.choice(sentences) for _ in range(rng.choice([1, 3, 8, 20])))}
    if rng.random() < 0.9:
        date = f"{rng.randint(2008, 2023)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
        article["date"] = date[:rng.choice([4, 7, 10, 10, 10, 10])]
    return article


def write(path, articles):
    with open(path, "w", encoding="utf-8") as out:
        for article in articles:
            out.write(json.dumps(article, ensure_ascii=False) + "\n")


def main():
    source, count, folder = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    rng = random.Random(count)
    records = [record for record, _ in zip(read_articles(source), range(SOURCE_MAX))]
    sentences = [s for record in records for s in SENTENCE.split(record.get("body") or "") if s]
    pool = sentences, records
    write(os.path.join(folder, "first.jsonl"), (made(rng, pool, n) for n in range(count)))
    later = rng.sample(range(count), CHANGED) + list(range(count, count + NEW))
    write(os.path.join(folder, "later.jsonl"), (made(rng, pool, n) for n in later))
    with open(os.path.join(folder, "gone.txt"), "w", encoding="utf-8") as out:
        out.writelines(f"https://oracle.example/{n}\n" for n in rng.sample(range(count), GONE))


if __name__ == "__main__":
    main()
