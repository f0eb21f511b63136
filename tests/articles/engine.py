# The product as these proofs use it: a program that indexes files and answers batches of queries; and their report.
import contextlib
import itertools
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import articles as records # noqa: E402, of the folder above

PROGRAM = os.environ.get("BUILD", "build") + "/trabao"


def run(*arguments, text=None):
    done = subprocess.run([PROGRAM, *arguments], input=text, capture_output=True, encoding="utf-8")
    if done.returncode not in (0, 1):
        sys.exit(f"{' '.join(arguments[:2])}: {done.stderr}")
    return done.stdout


def index(path, articles):
    """Builds the archive PATH from records."""
    lines = "".join(json.dumps(a, ensure_ascii=False) + "\n" for a in articles)
    run("index", "--quiet", "--db", path, "-", text=lines)


def search(path, queries, *options, limit=10):
    """The answers to QUERIES, in their order."""
    batch = "".join(f"{i}\t{query}\n" for i, query in enumerate(queries))
    out = run("search", "--db", path, "--batch", "-", "--format", "json", "--limit", str(limit), *options, text=batch)
    answers = {int(a["query_id"]): a for a in map(json.loads, out.splitlines())}
    return [answers.get(i) for i in range(len(queries))]


def found(path, queries, *options):
    """The set of keys that each of QUERIES finds, and nothing else about them: fast."""
    batch = "".join(f"{i}\t{query}\n" for i, query in enumerate(queries))
    out = run("search", "--db", path, "--batch", "-", "--format", "trec", "--limit", "all", "--sort", "oldest",
              *options, text=batch)
    sets = [set() for _ in queries]
    for line in out.splitlines():
        fields = line.split(" ")
        sets[int(fields[0])].add(fields[2])
    return sets


def articles(path, every=1):
    """Every EVERY-th record of a file of JSON lines, compressed or not."""
    return list(itertools.islice(records.read_articles(path), 0, None, every))


@contextlib.contextmanager
def indexed(path, every):
    """An archive of every EVERY-th record of a file, while the block runs, and its articles as it has stored them."""
    with tempfile.TemporaryDirectory() as folder:
        archive = folder + "/archive"
        index(archive, articles(path, every))
        yield archive, exported(archive)


def exported(path):
    """All articles of an archive, as it has stored them."""
    return [json.loads(line) for line in run("export", "--db", path).splitlines()]


class Report:
    """Prints a line a proof, as the runner counts them; the figures go to a JSON file."""

    def __init__(self, path):
        self.path, self.figures = path, {}

    def say(self, name, good, figures, examples=()):
        text = ", ".join(f"{value} {what}" for what, value in figures.items())
        print(f"  {'ok     ' if good else 'FAILED '} {name}: {text}", flush=True)
        if not good:
            for example in list(examples)[:10]:
                print(f"            {example}", flush=True)
        self.figures[name] = figures | {"good": good}

    def save(self):
        if self.path:
            with open(self.path, "w", encoding="utf-8") as file:
                json.dump(self.figures, file, ensure_ascii=False, indent=1)


def main(prove):
    """The command line of every proof: FILE [EVERY [JSON]]."""
    path, every, figures = (sys.argv[1:] + ["1", ""][len(sys.argv) - 2:])[:3]
    report = Report(figures)
    prove(path, int(every), report)
    report.save()
