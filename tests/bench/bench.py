#!/usr/bin/env python3
"""Measures building, searching, serving and updating, and peers in the same run: see run.sh for the variables.

Prints tables and leaves BUILD/bench/result.json. Nothing is asserted: figures are for reading. Whoever measures
should see that nothing else runs on the machine; the load average stands beside the figures.
"""
import glob
import json
import os
import platform
import re
import shutil
import signal
import socket
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
from articles import read_articles  # noqa: E402
import peers  # noqa: E402
from peers import load_average, measured, say  # noqa: E402

MODES = ("and", "or", "phrase")
WORKS = ("pruned", "ids", "answer")
FIGURES = ("first_ms", "cpu_ms", "min_ms", "median_ms")
COLUMNS = {"marked": "3", "unmarked": "4"}
CLASSES = ("all", "name", "titlefrag", "title", "single", "compound")


class Failure(Exception):
    """A piece of work that did not end well."""


class Settings:
    """What the environment asks for."""

    def __init__(self, environ):
        self.build = environ.get("BUILD", "build")
        data = environ.get("DATA", "../shared/data")
        self.input = environ.get("JSONL") or os.path.join(data, "vietnews.jsonl.zst")
        if not os.path.exists(self.input):
            say(f"there is no {self.input}; the samples are measured, which are too few to say anything of speed")
            self.input = "corpus/samples/bao-mau.jsonl"
        self.peers = environ.get("PEERS", "../shared/peers")
        self.peer_names = environ.get("PEER_NAMES", "lucene-2f lucene-1f xapian").split()
        self.scales = [int(n) for n in environ.get("SCALES", "1").split()]
        self.parts = environ.get("PARTS", "build search web update peers").split()
        self.queries = int(environ.get("QUERIES", "300"))
        self.seed = environ.get("SEED", "1")
        self.runs = int(environ.get("RUNS", "5"))
        self.seconds = int(environ.get("WEB_SECONDS", "4"))
        self.caches = environ.get("CACHES", "").split()
        self.program = os.path.join(self.build, "trabao")
        self.folder = os.path.join(self.build, "bench")


def percentile(values, share):
    """With linear interpolation between neighbours."""
    ordered = sorted(values)
    at = (len(ordered) - 1) * share
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)


def spread(values):
    return {"queries": len(values), "mean": round(sum(values) / len(values), 4),
            **{f"p{p}": round(percentile(values, p / 100), 4) for p in (50, 90, 99)}, "max": max(values)}


def by_class(rows, figure):
    """The spread of a figure over all rows and over each class."""
    kinds = {"all": rows}
    for row in rows:
        kinds.setdefault(row["class"], []).append(row)
    return {kind: spread([row[figure] for row in some]) for kind, some in kinds.items()}


def table(heading, rows):
    print(f"\n{heading[0]:<26}" + "".join(f"{cell:>11}" for cell in heading[1:]))
    for row in rows:
        print(f"{row[0]:<26}" + "".join(f"{cell:>11.3f}" if isinstance(cell, float) else f"{cell:>11}"
                                        for cell in row[1:]))
    sys.stdout.flush()


class Scale:
    """The files of one size of the archive."""

    def __init__(self, settings, times):
        self.times = times
        name = os.path.basename(settings.input).split(".")[0]
        self.folder = os.path.join(settings.folder, f"{name}-{os.path.getsize(settings.input)}-{times}x")
        os.makedirs(self.folder, exist_ok=True)
        self.archive = self.path("archive.trabao")
        self.input = settings.input if times == 1 else self.grown(settings)

    def path(self, name):
        return os.path.join(self.folder, name)

    def grown(self, settings):
        path = self.path(f"articles-{settings.seed}.jsonl")
        if not os.path.exists(path):
            say(f"growing the articles {self.times} times")
            subprocess.run([sys.executable, os.path.join(HERE, "grow.py"), settings.input, path + ".new",
                            str(self.times), settings.seed], check=True)
            os.rename(path + ".new", path)
        return path


# ---- building --------------------------------------------------------------------------------------------------------


def stats_of(settings, archive):
    done = subprocess.run([settings.program, "stats", "--db", archive, "--format", "json"], check=True,
                          stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def index(settings, archive, path, *options):
    figures = measured([settings.program, "index", "--quiet", *options, "--db", archive, path])
    if figures["status"] not in (0, 1):
        raise Failure(f"indexing {path} ended with status {figures['status']}")
    stats = stats_of(settings, archive)
    megabytes = stats["text_bytes"] / 1e6
    return figures | {"articles": stats["articles"], "text_mb": round(megabytes, 1),
                      "mb_per_s": round(megabytes / figures["wall_s"], 1),
                      "mb_per_cpu_s": round(megabytes / figures["cpu_s"], 1),
                      "file_of_text": round(stats["file_bytes"] / stats["text_bytes"], 3)}


def bench_build(settings, scale):
    figures = index(settings, scale.archive, scale.input, "--rebuild")
    table(["build", "articles", "text MB", "wall s", "CPU s", "MB/s", "MB/CPU s", "peak MB", "file/text", "load"],
          [[f"trabao {scale.times}x", *(figures[k] for k in ("articles", "text_mb", "wall_s", "cpu_s", "mb_per_s",
                                        "mb_per_cpu_s", "peak_mb", "file_of_text", "load"))]])
    return figures


# ---- searching -------------------------------------------------------------------------------------------------------


def query_sets(settings):
    """Folders with queries.tsv and warm.tsv: one cut out of the articles, and that of the peers where there is one."""
    stamp = f"{os.path.getsize(settings.input)}-{settings.seed}-{settings.queries}"
    folder = os.path.join(settings.folder, f"queries-{stamp}")
    if not os.path.exists(os.path.join(folder, "web.tsv")):
        say("cutting queries out of the articles")
        subprocess.run([sys.executable, os.path.join(HERE, "queries.py"), settings.input, settings.seed,
                        str(settings.queries), folder], check=True)
    sets = {"own": folder}
    theirs = os.path.join(settings.peers, "queries.tsv")
    if os.path.exists(theirs):
        sets["peers"] = os.path.join(settings.folder, "queries-peers")
        os.makedirs(sets["peers"], exist_ok=True)
        shutil.copyfile(theirs, os.path.join(sets["peers"], "queries.tsv"))
        shutil.copyfile(os.path.join(folder, "warm.tsv"), os.path.join(sets["peers"], "warm.tsv"))
    return sets


def timed_queries(settings, scale, folder, column, mode, work):
    done = subprocess.run([os.path.join(settings.build, "tests/bench/bench_query"), scale.archive,
                           os.path.join(folder, "warm.tsv"), os.path.join(folder, "queries.tsv"), column, mode, work,
                           str(settings.runs)], check=True, stdout=subprocess.PIPE, text=True)
    for line in done.stdout.splitlines():
        qid, kind, *figures = line.split("\t")
        yield {"qid": qid, "class": kind} | dict(zip(FIGURES, map(float, figures)))


def bench_search(settings, scale):
    result = []
    for set_name, folder in query_sets(settings).items():
        for typed, column in COLUMNS.items():
            for mode in MODES:
                for work in WORKS if set_name == "own" else ("ids",):
                    load = load_average()
                    rows = list(timed_queries(settings, scale, folder, column, mode, work))
                    result.append({"set": set_name, "typed": typed, "mode": mode, "work": work, "load": load}
                                  | {figure: by_class(rows, figure) for figure in FIGURES})
    print_search(scale, result)
    return result


def print_search(scale, result):
    rows = []
    for row in result:
        first, cpu, least = (row[figure]["all"] for figure in ("first_ms", "cpu_ms", "min_ms"))
        name = f"{row['set']} {row['typed']} {row['mode']}"
        rows.append([name, row["work"], *(first[k] for k in ("mean", "p50", "p90", "p99")), cpu["p50"],
                     cpu["p99"], least["p50"], least["p99"], row["load"]])
    table([f"search {scale.times}x, ms", "work", "mean", "p50", "p90", "p99", "cpu p50", "cpu p99", "min p50",
           "min p99", "load"], rows)


# ---- serving ---------------------------------------------------------------------------------------------------------

CONNECTIONS = (1, 2, 4, 8, 16, 32)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def memory_of(process, name):
    with open(f"/proc/{process.pid}/status", encoding="utf-8") as lines:
        found = re.search(rf"^{name}:\s+(\d+) kB", lines.read(), re.M)
    return round(int(found.group(1)) / 1024, 1)


def wait_for(port, process):
    for _ in range(600):
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise Failure("the server does not answer")


class Server:
    """`trabao serve` on a port of its own, while the block runs."""

    def __init__(self, settings, scale, *options):
        self.port = free_port()
        self.command = [settings.program, "serve", "--db", scale.archive, "--listen", f"127.0.0.1:{self.port}",
                        *options]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stderr=subprocess.DEVNULL)
        wait_for(self.port, self.process)
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


def wrk(server, queries, typed, start, connections, seconds):
    """Loads the server with the queries from line START on; the figures of web.lua."""
    environ = os.environ | {"BENCH_QUERIES": queries, "BENCH_COLUMN": COLUMNS[typed], "BENCH_START": str(start)}
    done = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s",
                           os.path.join(HERE, "web.lua"), f"http://127.0.0.1:{server.port}/"], env=environ,
                          stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout[done.stdout.rindex("\n{") + 1:])


def web_load(settings, scale, queries, typed, options=(), levels=CONNECTIONS):
    with Server(settings, scale, *options) as server:
        asked, result = 0, []
        for connections in levels:
            load = load_average()
            figures = wrk(server, queries, typed, asked, connections, settings.seconds)
            asked += figures["asked"]
            result.append({"connections": connections, "typed": typed, "load": load} | figures)
        return {"levels": result, "peak_mb": memory_of(server.process, "VmHWM"),
                "anonymous_mb": memory_of(server.process, "RssAnon"), "options": list(options)}


def bench_web(settings, scale):
    if not shutil.which("wrk"):
        say("there is no wrk; the server is not measured")
        return None
    queries = os.path.join(query_sets(settings)["own"], "web.tsv")
    result = {typed: web_load(settings, scale, queries, typed) for typed in COLUMNS}
    for cache in settings.caches:
        result[f"cache {cache} MB"] = web_load(settings, scale, queries, "marked", [f"--cache-mb={cache}"], (8,))
    rows = [[f"{name}, {level['connections']} conn.", level["per_s"], level["p50_ms"], level["p90_ms"],
             level["p99_ms"], level["failed"], "yes" if level["repeated"] else "no", load["peak_mb"], level["load"]]
            for name, load in result.items() for level in load["levels"]]
    table([f"HTTP {scale.times}x", "per s", "p50 ms", "p90 ms", "p99 ms", "failed", "repeated", "peak MB", "load"],
          rows)
    return result


# ---- updating --------------------------------------------------------------------------------------------------------

UPDATE_ARTICLES = 400


def bench_update(settings, scale):
    """Some hundred articles more into the archive, which is put back afterwards."""
    more, copy = scale.path("update.jsonl"), scale.path("update.trabao")
    with open(more, "w", encoding="utf-8") as out:
        for number, record in enumerate(read_articles(settings.input)):
            if number == UPDATE_ARTICLES:
                break
            body = (record.get("body") or "").split("\n")
            out.write(json.dumps({"id": f"update-{number}", "title": record.get("title"),
                                  "body": "\n".join(reversed(body))}, ensure_ascii=False) + "\n")
    shutil.copyfile(scale.archive, copy)
    try:
        figures = index(settings, copy, more)
    finally:
        for path in glob.glob(glob.escape(copy) + "*"):
            os.remove(path)
    table(["update", "articles", "wall s", "CPU s", "peak MB", "load"],
          [[f"{UPDATE_ARTICLES} into {scale.times}x", figures["articles"], figures["wall_s"], figures["cpu_s"],
            figures["peak_mb"], figures["load"]]])
    return figures


# ---- peers -----------------------------------------------------------------------------------------------------------

PEER_WARM_SECONDS = 30


def joined_queries(settings, scale):
    """One file with the queries of all sets, their identifiers led by the set's name."""
    path = scale.path("peer-queries.tsv")
    with open(path, "w", encoding="utf-8") as out:
        out.write("qid\tclass\tquery\tfolded\n")
        for name, folder in query_sets(settings).items():
            with open(os.path.join(folder, "queries.tsv"), encoding="utf-8") as lines:
                for line in list(lines)[1:peers.QUERIES_MAX // 2]:
                    out.write(f"{name}:{line}")
    return path


def bench_peer(peer, scale, text, queries):
    index_path = scale.path(f"index-{peer.name}")
    figures = {"build": peers.indexed(peer, text, index_path), "load": load_average(), "search": []}
    rows = list(peer.answers(index_path, queries, PEER_WARM_SECONDS))
    for set_name in sorted({row["qid"].split(":")[0] for row in rows}):
        for mode in MODES:
            some = [row for row in rows if row["mode"] == mode and row["qid"].startswith(set_name + ":")]
            figures["search"].append({"set": set_name, "mode": mode, "min_ms": by_class(some, "min_ms")})
    return figures


def print_peers(scale, result, text_bytes, own):
    builds = [[name, figures["build"]["wall_s"], figures["build"]["cpu_s"],
               text_bytes / 1e6 / figures["build"]["wall_s"], figures["build"]["peak_mb"],
               figures["build"]["bytes"] / text_bytes, figures["build"]["load"]] for name, figures in result.items()]
    table([f"peers {scale.times}x, index alone", "wall s", "CPU s", "MB/s", "peak MB", "of text", "load"], builds)
    rows = []
    own = own if isinstance(own, list) else []
    for name, figures in result.items():
        for row in figures["search"]:
            theirs = row["min_ms"]["all"]
            ours = [o["min_ms"]["all"] for typed in COLUMNS for o in own if
                    (o["set"], o["typed"], o["mode"], o["work"]) == (row["set"], typed, row["mode"], "ids")]
            ratios = [theirs[p] / o[p] for o in ours for p in ("p50", "p99")]
            rows.append([f"{name} {row['set']} {row['mode']}", theirs["p50"], theirs["p99"], *ratios, figures["load"]])
    table([f"peers {scale.times}x, ms", "p50", "p99", "/marked 50", "/marked 99", "/unmark 50", "/unmark 99", "load"]
          if own else [f"peers {scale.times}x, ms", "p50", "p99", "load"], rows)


def bench_peers(settings, scale, own):
    work = os.path.join(settings.folder, "peers")
    found = list(peers.available(settings.peer_names, settings.peers, work))
    if not found:
        return None
    text = scale.path("text.tsv")
    if not os.path.exists(text):
        peers.write_text(read_articles(scale.input), text)
    queries, result = joined_queries(settings, scale), {}
    for peer in found:
        say(f"measuring {peer.name}")
        try:
            result[peer.name] = bench_peer(peer, scale, text, queries)
        except peers.Unavailable as reason:
            say(f"{peer.name} is left out: {reason}")
    print_peers(scale, result, os.path.getsize(text), own)
    return result


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as lines:
        model = re.search(r"^model name\s*:\s*(.*)$", lines.read(), re.M)
    return {"processor": model.group(1) if model else platform.machine(), "cores": len(os.sched_getaffinity(0)),
            "system": platform.release(), "load": load_average(), "time": time.strftime("%Y-%m-%d %H:%M:%S")}


def attempt(part, *arguments):
    """What a part measured; where it failed, a word on stderr and the reason, and the other parts go on."""
    try:
        return part(*arguments)
    except (Failure, subprocess.CalledProcessError) as reason:
        say(f"bench: {reason}")
        return {"failed": str(reason)}


def main():
    settings = Settings(os.environ)
    os.makedirs(settings.folder, exist_ok=True)
    result = {"machine": machine(), "input": settings.input, "seed": settings.seed, "runs": settings.runs,
              "scales": {}}
    for times in settings.scales:
        scale = Scale(settings, times)
        figures = result["scales"][f"{times}x"] = {}
        if "build" in settings.parts or not os.path.exists(scale.archive):
            figures["build"] = bench_build(settings, scale)
        for name, part in (("search", bench_search), ("web", bench_web), ("update", bench_update)):
            if name in settings.parts:
                figures[name] = attempt(part, settings, scale)
        if "peers" in settings.parts:
            figures["peers"] = attempt(bench_peers, settings, scale, figures.get("search"))
        with open(os.path.join(settings.folder, "result.json"), "w", encoding="utf-8") as out:
            json.dump(result, out, indent=1, ensure_ascii=False)
    print(f"\nleft in {os.path.join(settings.folder, 'result.json')}")


if __name__ == "__main__":
    main()
