"""Other engines to measure beside, and commands measured by the clock, the processor and their memory.

The peers' programs are not part of this tree. Where the variable PEERS names a folder with lucene/LuceneBench.java,
xapian/xapian_bench.cc and fts5/fts5_bench.c, and what they need is installed, they are built below WORK and run on
texts of lines `title<TAB>body`; a query's answer is up to ten line numbers (from 1), in the modes and, or, phrase.
"""
import glob
import json
import os
import subprocess
import sys
import time

JARS = ("lucene-core-8.7.0.jar", "lucene-analyzers-common-8.7.0.jar", "lucene-analyzers-icu-8.7.0.jar", "icu4j.jar")
QUERIES_MAX = 2000  # that the peers' programs take in one file
LINE = str.maketrans("\t\r\n", "   ")


def say(*words):
    print(*words, file=sys.stderr, flush=True)


def load_average():
    return round(os.getloadavg()[0], 2)


def measured(command, **options):
    """Runs a command; what it took: wall and CPU seconds, most memory (MB), exit status, load average before."""
    load, started = load_average(), time.monotonic()
    process = subprocess.Popen(command, **options)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return {"wall_s": round(time.monotonic() - started, 2), "cpu_s": round(usage.ru_utime + usage.ru_stime, 2),
            "peak_mb": round(usage.ru_maxrss / 1024, 1), "status": process.returncode, "load": load}


def write_text(articles, path):
    """Writes records as lines of title and body, and gives the number of bytes."""
    with open(path + ".new", "w", encoding="utf-8") as out:
        for record in articles:
            out.write((record.get("title") or "").translate(LINE) + "\t" +
                      (record.get("body") or "").translate(LINE) + "\n")
    os.rename(path + ".new", path)
    return os.path.getsize(path)


def size_of(path):
    files = [path] if os.path.isfile(path) else glob.glob(path + "/**", recursive=True)
    return sum(os.path.getsize(f) for f in files if os.path.isfile(f))


class Unavailable(Exception):
    """A peer that cannot be run here, with the reason."""


class Peer:
    """A peer's program: `index` and `query` are its command lines."""

    def __init__(self, name, folder, work):
        self.name, self.folder, self.work = name, folder, work
        self.bin = os.path.join(work, "bin")
        os.makedirs(self.bin, exist_ok=True)
        self.program = self.build()

    def source(self, path):
        source = os.path.join(self.folder, path)
        if not os.path.exists(source):
            raise Unavailable(f"there is no {source}")
        return source

    def run(self, command):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if done.returncode != 0:
            raise Unavailable(f"{command[0]}: {(done.stdout.strip().splitlines() or ['failed'])[-1]}")
        return done.stdout

    def answers(self, index, queries, warm_seconds=0):
        """Rows of the peer's answers to a file of queries: qid, class, mode, hits, least ms, median ms, runs, ids."""
        out = os.path.join(self.work, f"answers-{self.name}.tsv")
        self.run(self.query(index, queries, out, warm_seconds))
        with open(out, encoding="utf-8") as lines:
            for line in lines:
                _, qid, kind, mode, hits, least, median, runs, *ids = line.rstrip("\n").split("\t")
                yield {"qid": qid, "class": kind, "mode": mode, "hits": int(hits), "min_ms": float(least),
                       "median_ms": float(median), "runs": int(runs),
                       "ids": [int(i) for i in ids[0].split(",") if i] if ids else []}


class Lucene(Peer):
    """Title and body as fields (lucene-2f) or as one (lucene-1f), folded by ICU."""

    def build(self):
        source, script = self.source("lucene/LuceneBench.java"), self.source("lucene/make_icu_data.sh")
        jars = [os.path.join("/usr/share/java", jar) for jar in JARS]
        absent = [jar for jar in jars if not os.path.exists(jar)]
        if absent:
            raise Unavailable(f"there is no {absent[0]}")
        classes = os.path.join(self.bin, "lucene")
        path = ":".join([classes, *jars])
        if not os.path.exists(os.path.join(classes, "LuceneBench.class")):
            os.makedirs(classes, exist_ok=True)
            self.run(["bash", script, os.path.abspath(os.path.join(self.work, "icu4lucene")), os.path.abspath(classes)])
            self.run(["javac", "-cp", path, "-d", classes, source])
        return ["java", "-Xms2g", "-Xmx2g", "-XX:+UseSerialGC", "-cp", path, "LuceneBench"]

    def index(self, text, index):
        return [*self.program, "index", text, index, self.name.rsplit("-", 1)[-1], "16"]

    def query(self, index, queries, out, warm_seconds):
        return [*self.program, "query", index, queries, self.name, out, str(warm_seconds)]


class Compiled(Peer):
    """A peer of one C or C++ file."""

    def build(self):
        program = os.path.join(self.bin, self.name)
        if not os.path.exists(program):
            self.run(["sh", "-c", f'{self.COMPILE.format(self.source(self.SOURCE))} -o "$1"', "sh", program])
        return [program]

    def query(self, index, queries, out, warm_seconds):
        return [*self.program, "query", index, queries, self.name, out]


class Xapian(Compiled):
    SOURCE = "xapian/xapian_bench.cc"
    COMPILE = 'g++ -O2 -w "{}" $(xapian-config --cxxflags --libs) -licuuc'

    def index(self, text, index):
        return [*self.program, "index", text, index, "50000"]


class Fts5(Compiled):
    """Stock FTS5, unicode61 with marks removed; the program folds đ before."""
    SOURCE = "fts5/fts5_bench.c"
    COMPILE = 'gcc -O2 -w "{}" -lsqlite3 -licuuc'

    def index(self, text, index):
        return ["env", "FTS5_HASHSIZE=67108864", *self.program, "index", text, index]


KINDS = {"lucene-2f": Lucene, "lucene-1f": Lucene, "xapian": Xapian, "fts5": Fts5}


def available(names, folder, work):
    """The peers of NAMES that run here, each with a word on stderr where it does not."""
    for name in names:
        try:
            if name not in KINDS:
                raise Unavailable("no such peer; there are " + " ".join(KINDS))
            yield KINDS[name](name, folder, work)
        except Unavailable as reason:
            say(f"{name} is left out: {reason}")


def indexed(peer, text, index):
    """Builds a peer's index of a text unless that was done before; what the building took, as it was then."""
    record = index + ".json"
    built = {"text": [os.path.getsize(text), os.path.getmtime(text)]}
    if os.path.exists(record):
        with open(record, encoding="utf-8") as lines:
            before = json.load(lines)
        if before["text"] == built["text"] and os.path.exists(index):
            return before
    subprocess.run(["rm", "-rf", index, record], check=True)
    built |= measured(peer.index(text, index), stdout=subprocess.DEVNULL)
    if built["status"] != 0:
        raise Unavailable(f"building its index ended with status {built['status']}")
    built["bytes"] = size_of(index)
    with open(record, "w", encoding="utf-8") as out:
        json.dump(built, out)
    return built
