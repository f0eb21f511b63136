#!/usr/bin/env python3
"""Measures ranking on any file of articles, and how marks are put back: see README.md for the variables.

Prints tables and leaves BUILD/relevance/result.json, with the figures of every query. Nothing is asserted.
"""
import filecmp
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
from articles import key_of, read_articles, words_of  # noqa: E402
import engines  # noqa: E402
import figures  # noqa: E402
import known  # noqa: E402
import restore  # noqa: E402
from peers import say  # noqa: E402


class Settings:
    """What the environment asks for."""

    def __init__(self, environ):
        build = environ.get("BUILD", "build")
        self.program = os.path.join(build, "trabao")
        self.jsonl = environ["JSONL"]
        self.queries = int(environ.get("QUERIES") or 400)
        self.seed = environ.get("SEED") or "1"
        self.split = environ.get("SPLIT") or "dev"
        if self.split not in ("dev", "test"):
            raise SystemExit("relevance: SPLIT is dev or test")
        self.baselines = environ.get("BASELINES", "fts5 lucene-2f").split()
        self.peers = environ.get("PEERS") or "../shared/peers"
        self.query_file, self.qrels_file = environ.get("TREC_QUERIES"), environ.get("TREC_QRELS")
        self.restore_jsonl = environ.get("RESTORE_JSONL")
        self.compare = environ.get("COMPARE")
        self.folder = os.path.join(build, "relevance")
        self.peer_work = os.path.join(build, "bench", "peers")

    def collection_folder(self, kind):
        """A folder for what is made of the file, as it is now."""
        at = os.stat(self.jsonl)
        name = os.path.basename(self.jsonl).split(".")[0]
        folder = os.path.join(self.folder, f"{name}-{kind}-{at.st_size}-{int(at.st_mtime)}")
        os.makedirs(folder, exist_ok=True)
        return folder


def stamp_of(*paths):
    """Changes when one of the files does."""
    return " ".join(f"{os.path.getsize(path)}-{os.stat(path).st_mtime_ns}" for path in paths)


def keep_if_same(made, path):
    """Puts MADE in the place of PATH, unless they are the same: then PATH keeps its time, and what was made of it."""
    if os.path.exists(path) and filecmp.cmp(made, path, shallow=False):
        os.remove(made)
    else:
        os.rename(made, path)


def print_figures(sets):
    print(f"\n{'queries':<16}{'n':>5}  {'engine':<20}{'MRR@10':>8}{'95 %':>16}{'nDCG@10':>9}{'95 %':>16}"
          f"{'recall@10':>11}{'95 %':>16}")
    for name, by_engine in sets.items():
        for engine, figure in by_engine.items():
            cells = "".join(f"{figure[m]['mean']:>9.3f}{'%.3f-%.3f' % tuple(figure[m]['interval']):>16}"
                            for m in figures.METRICS)
            print(f"{name:<16}{figure['mrr']['n']:>5}  {engine:<20}{cells}")
    sys.stdout.flush()


def evaluate(sets, found_by, figure_of):
    """Summaries and single figures: class -> engine -> metric, and class -> engine -> identifier -> metric."""
    means, single = {}, {}
    for name, queries in sets.items():
        for engine in found_by:
            found = engine.answers(queries)
            per_query = {i: figure_of(found[i], i) for i in queries}
            single.setdefault(name, {})[engine.name] = per_query
            means.setdefault(name, {})[engine.name] = figures.summaries(list(per_query.values()))
    return means, single


def measure_known(settings):
    folder = settings.collection_folder("known")
    bodies = os.path.join(folder, "bodies.jsonl")
    say("reading the articles")
    collection = known.Collection(settings.jsonl, bodies + ".made")
    keep_if_same(bodies + ".made", bodies)
    trabao = engines.Trabao(settings.program, os.path.join(folder, "archive.trabao"))
    say("indexing them without their titles")
    trabao.index(bodies, stamp_of(settings.program, bodies))
    sets, answers = known.query_sets(collection, settings.split, settings.seed, settings.queries)
    keys = [str(number) for number in range(1, collection.indexed + 1)]
    everything = {i: query for queries in sets.values() for i, query in queries.items()}
    others = engines.baselines(settings.baselines, settings, bodies, folder, keys, everything)
    means, single = evaluate(sets, [trabao, *others], lambda ranked, i: figures.of_known_item(ranked, answers[i]))
    print(f"\nKnown items of {settings.jsonl}: {collection.indexed} articles without titles, seed {settings.seed}, "
          f"split {settings.split}")
    print_figures(means)
    print_ratio(means)
    return {"articles": collection.indexed, "sets": means, "restored": measure_restoring(
        settings, trabao, collection, folder), "single": single}


def print_ratio(means):
    for cut in ("title", "piece"):
        marked, *others = (means[f"{cut}-{how}"]["trabao"]["mrr"]["mean"] for how in known.TYPED)
        if marked:
            shares = (f"{how} {value / marked:.3f}" for how, value in zip(known.TYPED[1:], others))
            print(f"{cut}: of marked, {', '.join(shares)}")


def unseen_titles(settings, collection):
    """Titles of articles that were left out of the archive, or of another file."""
    if not settings.restore_jsonl:
        return [a.words for a in collection.chosen(settings.split, settings.seed, settings.queries, unseen=True)]
    titles = {}
    for place, record in enumerate(read_articles(settings.restore_jsonl), 1):
        words, key = words_of(record.get("title") or ""), key_of(record, place)
        if len(words) > known.PIECE and known.split_of(key) == settings.split:
            titles[known.number_of(key, f"restore {settings.seed}")] = words
    return [titles[n] for n in sorted(titles)][:settings.queries]


def measure_restoring(settings, trabao, collection, folder):
    if not restore.can_restore(settings.program):
        print("\nMarks put back: the program has no `suggest --restore`; not measured")
        return None
    titles = unseen_titles(settings, collection)
    if not titles:
        print("\nMarks put back: there are no unseen titles; not measured")
        return None
    result = restore.measure(settings.program, trabao.archive, titles, settings.seed, folder)
    print(f"\n{'marks put back':<16}{'n':>5}{'right':>8}{'95 %':>16}")
    for name, share in result.items():
        print(f"{name:<16}{share['n']:>5}{share['mean']:>8.3f}{'%.3f-%.3f' % tuple(share['interval']):>16}")
    return result


def read_judged(settings):
    """Identifier -> query and identifier -> key -> grade, of files in the form that trec_eval reads."""
    queries, grades = {}, {}
    with open(settings.query_file, encoding="utf-8") as lines:
        for line in lines:
            identifier, query, *_ = line.rstrip("\n").split("\t")
            queries[identifier] = query
    with open(settings.qrels_file, encoding="utf-8") as lines:
        for line in lines:
            identifier, _, key, grade = line.split()
            grades.setdefault(identifier, {})[key] = int(grade)
    return {i: q for i, q in queries.items() if any(g > 0 for g in grades.get(i, {}).values())}, grades


def measure_judged(settings):
    folder = settings.collection_folder("judged")
    queries, grades = read_judged(settings)
    trabao = engines.Trabao(settings.program, os.path.join(folder, "archive.trabao"))
    trabao.index(settings.jsonl, stamp_of(settings.program, settings.jsonl))
    keys = ["_".join(key_of(record, n).split()) for n, record in enumerate(read_articles(settings.jsonl), 1)]
    others = engines.baselines(settings.baselines, settings, settings.jsonl, folder, keys, queries)
    means, single = evaluate({"judged": queries}, [trabao, *others],
                             lambda ranked, i: figures.of_judged(ranked, grades[i]))
    print(f"\nJudged queries {settings.query_file} on {settings.jsonl}: {len(keys)} articles")
    print_figures(means)
    return {"articles": len(keys), "sets": means, "single": single}


def compare(before, now):
    """Prints how the program's reciprocal ranks changed, over the queries that both runs asked."""
    print(f"\n{'MRR@10':<16}{'n':>5}{'before':>9}{'now':>9}{'change':>9}{'95 %':>18}")
    for name, by_engine in now["single"].items():
        old, new = before["single"].get(name, {}).get("trabao", {}), by_engine["trabao"]
        both = [i for i in new if i in old]
        if both:
            was, is_now = ([figure[i]["mrr"] for i in both] for figure in (old, new))
            change = figures.summary([b - a for a, b in zip(was, is_now)])
            print(f"{name:<16}{len(both):>5}{sum(was) / len(was):>9.4f}{sum(is_now) / len(both):>9.4f}"
                  f"{change['mean']:>+9.4f}{'%+.4f %+.4f' % tuple(change['interval']):>18}")


def main():
    settings = Settings(os.environ)
    os.makedirs(settings.folder, exist_ok=True)
    before = None
    if settings.compare:
        with open(settings.compare, encoding="utf-8") as lines:
            before = json.load(lines)
    result = {"input": settings.jsonl, "seed": settings.seed, "split": settings.split}
    if settings.query_file and settings.qrels_file:
        result["judged"] = measure_judged(settings)
    else:
        result["known"] = measure_known(settings)
    kind = "judged" if "judged" in result else "known"
    if before and kind in before:
        compare(before[kind], result[kind])
    path = os.path.join(settings.folder, "result.json")
    with open(path, "w", encoding="utf-8") as out:
        json.dump(result, out, indent=1, ensure_ascii=False)
    print(f"\nleft in {path}")


if __name__ == "__main__":
    main()
