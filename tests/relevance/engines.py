"""The engines that answer query sets: the program that is measured, stock FTS5, and the peers.

Each has a name and `answers(queries)`: identifier -> query in, identifier -> the keys of up to ten articles out. Keys
of baselines are looked up in the list of keys in the order of the articles.
"""
import concurrent.futures
import json
import os
import re
import sqlite3
import subprocess

from articles import fold, read_articles
import peers

PLACES = 10


class Trabao:
    name = "trabao"

    def __init__(self, program, archive):
        self.program, self.archive = program, archive

    def index(self, path, stamp):
        """Builds the archive of a file unless STAMP says that this was done."""
        record = self.archive + ".stamp"
        if os.path.exists(self.archive) and os.path.exists(record):
            with open(record, encoding="utf-8") as lines:
                if lines.read() == stamp:
                    return
        status = subprocess.call([self.program, "index", "--quiet", "--rebuild", "--db", self.archive, path])
        if status not in (0, 1):
            raise SystemExit(f"relevance: indexing ended with status {status}")
        with open(record, "w", encoding="utf-8") as out:
            out.write(stamp)

    def answers(self, queries):
        lines = "".join(f"{identifier}\t{query}\n" for identifier, query in queries.items())
        done = subprocess.run([self.program, "search", "--db", self.archive, "--batch", "-", "--format", "trec",
                               "--limit", str(PLACES)], input=lines, capture_output=True, text=True, check=False)
        if done.returncode not in (0, 1):
            raise SystemExit(f"relevance: the search ended with status {done.returncode}: {done.stderr[-500:]}")
        found = {identifier: [] for identifier in queries}
        for line in done.stdout.splitlines():
            identifier, _, key, *_ = line.split(" ")
            found[identifier].append(key)
        return found


# ---- stock FTS5 ------------------------------------------------------------------------------------------------------

TERM = re.compile(r"[^\W_]+")
SELECT = f"SELECT rowid FROM f WHERE f MATCH ? ORDER BY rank LIMIT {PLACES}"


def build_fts5(path, database):
    if os.path.exists(database) and os.path.getmtime(database) > os.path.getmtime(path):
        return
    db = sqlite3.connect(database + ".new")
    db.executescript("""PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
        CREATE VIRTUAL TABLE f USING fts5(title, body, content = '', tokenize = "unicode61 remove_diacritics 2");
        INSERT INTO f(f, rank) VALUES ('hashsize', 67108864);""")
    rows = ((n, r.get("title"), r.get("body")) for n, r in enumerate(read_articles(path), 1))
    db.executemany("INSERT INTO f(rowid, title, body) VALUES (?, ?, ?)", rows)
    db.execute("INSERT INTO f(f) VALUES ('optimize')")
    db.commit()
    db.close()
    os.rename(database + ".new", database)


def ask_fts5(database, queries):
    """Identifier -> rows of all the words, and of any, best first by bm25."""
    db = sqlite3.connect(f"file:{database}?mode=ro&immutable=1", uri=True)
    db.execute("PRAGMA cache_size = -200000")
    found = {}
    for identifier, query in queries.items():
        words = [f'"{word}"' for word in TERM.findall(query)]
        found[identifier] = [[row for row, in db.execute(SELECT, (link.join(words),))] if words else []
                             for link in (" AND ", " OR ")]
    return found


def ask_fts5_in_parts(database, queries):
    items, workers = list(queries.items()), os.cpu_count() or 1
    parts = [dict(items[n::workers]) for n in range(workers)]
    found = {}
    with concurrent.futures.ProcessPoolExecutor(workers) as pool:
        for part in pool.map(ask_fts5, [database] * workers, parts):
            found |= part
    return found


# ---- baselines -------------------------------------------------------------------------------------------------------


def then(first, second):
    """The rows of FIRST, and as many of SECOND behind them as there is room for."""
    return (first + [row for row in second if row not in first])[:PLACES]


class Baseline:
    """Any word, or all words and, where these are in fewer than ten articles, any."""

    def __init__(self, name, keys, found, all_first):
        self.name = f"{name} {'and, or' if all_first else 'or'}"
        self.keys, self.found, self.all_first = keys, found, all_first

    def answers(self, queries):
        rows = {i: then(*self.found[i]) if self.all_first else self.found[i][1] for i in queries}
        return {identifier: [self.keys[row - 1] for row in some] for identifier, some in rows.items()}


def ask_peer(peer, path, folder, queries):
    """As ask_fts5; the peers fold their texts, so queries that fold to the same are asked once."""
    text, asked = os.path.join(folder, "text.tsv"), os.path.join(folder, "peer-queries.tsv")
    if not os.path.exists(text) or os.path.getmtime(text) < os.path.getmtime(path):
        peers.write_text(read_articles(path), text)
    index = os.path.join(folder, f"index-{peer.name}")
    peers.indexed(peer, text, index)
    folded = {identifier: " ".join(TERM.findall(fold(query))) for identifier, query in queries.items()}
    distinct = {query: f"q{n}" for n, query in enumerate(sorted(set(folded.values())), 1) if query}
    found = {"": [[], []]}
    items = list(distinct.items())
    for start in range(0, len(items), peers.QUERIES_MAX):
        names = {name: query for query, name in items[start:start + peers.QUERIES_MAX]}
        with open(asked, "w", encoding="utf-8") as out:
            out.writelines(f"{name}\tall\t{query}\t{query}\n" for name, query in names.items())
        for row in peer.answers(index, asked):
            if row["mode"] != "phrase":
                found.setdefault(names[row["qid"]], [[], []])[row["mode"] == "or"] = row["ids"]
    return {identifier: found[query] for identifier, query in folded.items()}


def asked_once(name, path, folder, queries, ask):
    """What ASK answers to QUERIES, those that were asked of the same articles before being answered from a file."""
    record, before = os.path.join(folder, f"answers-{name}.json"), {}
    if os.path.exists(record) and os.path.getmtime(record) > os.path.getmtime(path):
        with open(record, encoding="utf-8") as lines:
            before = json.load(lines)
    fresh = {i: query for i, query in queries.items() if query not in before}
    if fresh:
        peers.say(f"asking {name} {len(fresh)} queries")
        before |= {queries[i]: rows for i, rows in ask(fresh).items()}
        with open(record, "w", encoding="utf-8") as out:
            json.dump(before, out, ensure_ascii=False)
    return {i: before[query] for i, query in queries.items()}


def baselines(names, settings, path, folder, keys, queries):
    """The baselines of NAMES that can be had, each in both its forms, having been asked QUERIES."""
    asked = {}
    if "fts5" in names:
        database = os.path.join(folder, "fts5.db")
        build_fts5(path, database)
        asked["fts5"] = asked_once("fts5", path, folder, queries, lambda some: ask_fts5_in_parts(database, some))
    for peer in peers.available([n for n in names if n != "fts5"], settings.peers, settings.peer_work):
        try:
            asked[peer.name] = asked_once(peer.name, path, folder, queries,
                                          lambda some, peer=peer: ask_peer(peer, path, folder, some))
        except peers.Unavailable as reason:
            peers.say(f"{peer.name} is left out: {reason}")
    return [Baseline(name, keys, found, all_first) for name, found in asked.items() for all_first in (False, True)]
