#!/usr/bin/env python3
"""Whether the measuring scripts measure right: selftest.py [PROGRAM]

With PROGRAM, a build of trabao, the known-item measure is run on the samples too. Prints one line a test.
"""
import collections
import json
import math
import os
import random
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.join(HERE, "..")
sys.path[:0] = [HERE, TESTS, os.path.join(TESTS, "bench")]
import articles  # noqa: E402
import bench  # noqa: E402
import figures  # noqa: E402
import known  # noqa: E402
import queries  # noqa: E402
import restore  # noqa: E402

SAMPLES = os.path.join(TESTS, "..", "corpus", "samples", "bao-mau.jsonl")
PROGRAM = None


def invented(count):
    """Articles of invented sentences, their words in known numbers of articles."""
    chance = random.Random(3)
    for n in range(count):
        sentences = [f"Câu {chance.randrange(10 ** 9)} của bài." for _ in range(8)]
        yield {"id": f"a{n}", "url": None, "title": f"Tin số {n} về một ngày mưa", "date": "2020-07-20" if n % 2 else None,
               "body": " ".join(sentences[:4]) + "\n\n" + " ".join(sentences[4:])}


def write_jsonl(records, path):
    with open(path, "w", encoding="utf-8") as out:
        out.writelines(json.dumps(r, ensure_ascii=False) + "\n" for r in records)


class Text(unittest.TestCase):
    def test_telex(self):
        self.assertEqual(articles.telex("mặt trận đường rượu thuỷ", True), "mawtj traanj dduowngf ruowuj thuyr")
        self.assertEqual(articles.telex("mặt trận", False), "mawjt traajn")

    def test_telex_of_decomposed_letters(self):
        self.assertEqual(articles.telex("mặt", True), "mawtj")

    def test_spellings(self):
        for one, other in (("hoà", "hòa"), ("tỷ", "tỉ"), ("quý", "quí"), ("Thuý", "thúy")):
            self.assertEqual(articles.spelling(one), articles.spelling(other))
        for one, other in (("đi", "di"), ("hoa", "hòa"), ("vy", "vi"), ("ân", "an")):
            self.assertNotEqual(articles.spelling(one), articles.spelling(other))

    def test_toneless(self):
        self.assertEqual(articles.toneless("mặt trận đường"), "măt trân đương")

    def test_mixed(self):
        words = "mặt trận tổ quốc".split()
        self.assertIn(known.mixed(words), ("mat trận to quốc", "mặt tran tổ quoc"))
        self.assertEqual(known.mixed(words), known.mixed(words))

    def test_fold(self):
        self.assertEqual(articles.fold("Đường phố đẹp"), "Duong pho dep")


class Figures(unittest.TestCase):
    def test_known_item_is_the_first_of_the_same(self):
        self.assertEqual(figures.of_known_item(["a", "b", "c"], {"c", "b"}),
                         {"mrr": 0.5, "ndcg": 1 / math.log2(3), "recall": 1.0})

    def test_known_item_below_ten_is_not_found(self):
        self.assertEqual(figures.of_known_item([str(n) for n in range(11)], {"10"})["mrr"], 0.0)

    def test_judged(self):
        figure = figures.of_judged(["x", "b", "a"], {"a": 3, "b": 1, "c": 1, "x": 0})
        ideal = 7 + 1 / math.log2(3) + 1 / 2
        self.assertAlmostEqual(figure["ndcg"], (1 / math.log2(3) + 7 / 2) / ideal)
        self.assertAlmostEqual(figure["mrr"], 0.5)
        self.assertAlmostEqual(figure["recall"], 2 / 3)

    def test_interval(self):
        values = [0.0, 1.0] * 200
        low, high = figures.interval(values)
        self.assertTrue(0.43 < low < 0.48 and 0.52 < high < 0.57, (low, high))
        self.assertEqual(figures.interval(values), [low, high])

    def test_percentile(self):
        self.assertAlmostEqual(bench.percentile(list(range(101)), 0.99), 99)
        self.assertAlmostEqual(bench.percentile([1, 2], 0.5), 1.5)

    def test_restored_words(self):
        self.assertEqual(restore.rights(["hòa", "bình"], "Hoà binh"), [1.0, 0.0])
        self.assertEqual(restore.rights(["hòa", "bình"], "hòa"), [0.0, 0.0])


class Known(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        path, self.bodies = (os.path.join(self.folder.name, name) for name in ("in.jsonl", "bodies.jsonl"))
        records = list(invented(1000))
        records[7]["body"] = records[8]["body"]
        write_jsonl(records, path)
        self.collection = known.Collection(path, self.bodies)

    def tearDown(self):
        self.folder.cleanup()

    def test_what_is_indexed_has_no_titles(self):
        indexed = list(articles.read_articles(self.bodies))
        self.assertEqual(len(indexed), self.collection.indexed)
        self.assertEqual({r["title"] for r in indexed}, {None})
        self.assertTrue(0 < 1000 - len(indexed) < 40)

    def test_splits_share_nothing(self):
        chosen = {s: {a.key for seed in (1, 2) for a in self.collection.chosen(s, seed, 300)} for s in ("dev", "test")}
        self.assertFalse(chosen["dev"] & chosen["test"])
        self.assertGreater(len(chosen["dev"]), 300)

    def test_unseen_titles_are_of_articles_left_out(self):
        self.assertTrue(self.collection.chosen("dev", 1, 99, unseen=True))
        self.assertEqual({a.number for a in self.collection.chosen("dev", 1, 99, unseen=True)}, {0})

    def test_the_same_body_answers(self):
        seven, eight = (next(a for a in self.collection.articles if a.key == f"a{n}") for n in (7, 8))
        self.assertEqual(self.collection.answers_to(seven), {str(seven.number), str(eight.number)})

    def test_sets_depend_on_the_seed(self):
        one, again, other = (known.query_sets(self.collection, "dev", seed, 20)[0] for seed in (1, 1, 2))
        self.assertEqual(one, again)
        self.assertNotEqual(one, other)
        self.assertEqual({len(q) for q in one.values()}, {20})


class Growing(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.source = os.path.join(self.folder.name, "in.jsonl")
        write_jsonl(invented(201), self.source)

    def tearDown(self):
        self.folder.cleanup()

    def grown(self, seed):
        out = os.path.join(self.folder.name, "out.jsonl")
        subprocess.run([sys.executable, os.path.join(TESTS, "bench", "grow.py"), self.source, out, "4", seed],
                       check=True, stderr=subprocess.DEVNULL)
        with open(out, encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]

    def test_as_many_and_none_alike(self):
        records = self.grown("1")
        self.assertEqual(len(records), 4 * 201)
        self.assertEqual(len({r["id"] for r in records}), len(records))
        self.assertEqual(len({r["body"] for r in records}), len(records))

    def test_each_sentence_is_in_as_many_articles_as_there_are_editions(self):
        counts = collections.Counter(number for r in self.grown("1") for number in set(r["body"].split())
                                     if number.isdigit())
        # The odd article of each edition has the first of that edition as its mate, which gives without taking.
        several = sum(1 for n in counts.values() if n != 4)
        self.assertLess(several, 3 * 16)
        self.assertEqual(round(sum(counts.values()) / len(counts), 1), 4.0)

    def test_the_seed_decides(self):
        one = self.grown("1")
        self.assertEqual(one, self.grown("1"))
        self.assertNotEqual(one, self.grown("2"))

    def test_dates_are_spread(self):
        dates = {r["date"] for r in self.grown("1")[201:]}
        self.assertGreater(len(dates), 400)
        self.assertNotIn(None, dates)


class Queries(unittest.TestCase):
    def test_sets_share_nothing(self):
        counts = queries.Counts(SAMPLES)
        rows = queries.rows_of(counts, random.Random(1), 30)
        asked = [query.lower() for _, query in rows]
        self.assertEqual(len(asked), len(set(asked)))
        web = queries.web_rows(counts, random.Random(1), set(asked))
        self.assertFalse({query.lower() for _, query in web} & set(asked))
        self.assertGreater(len(web), 50)


class Whole(unittest.TestCase):
    def test_the_right_article_comes_first(self):
        if not PROGRAM:
            self.skipTest("no program was named")
        with tempfile.TemporaryDirectory() as folder:
            os.symlink(os.path.realpath(PROGRAM), os.path.join(folder, "trabao"))
            environ = {"PATH": os.environ["PATH"], "BUILD": folder, "JSONL": SAMPLES, "QUERIES": "20", "BASELINES": "fts5"}
            subprocess.run([sys.executable, os.path.join(HERE, "measure.py")], env=environ, check=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            with open(os.path.join(folder, "relevance", "result.json"), encoding="utf-8") as lines:
                sets = json.load(lines)["known"]["sets"]
        self.assertGreater(sets["title-marked"]["trabao"]["mrr"]["mean"], 0.7)
        self.assertGreater(sets["title-marked"]["fts5 or"]["mrr"]["mean"], 0.5)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        PROGRAM = sys.argv.pop()
    unittest.main(verbosity=2)
