# The forms of words and where they stand, over all text of a file.
#
#   forms.py FILE [EVERY [JSON]]      FILE: JSON lines; EVERY: of that many articles one is taken
#
# Each distinct word in each of its spellings (rewriting.py) must have one form, which has itself as its form, is in
# NFC and lower case, and has the letters and tone that words.py finds in the word. In the articles themselves each
# token must begin and end at a character, and cover one of the words that the regular expressions of words.py find, or
# the figures or words of a date.
import collections
import json
import os
import unicodedata

import engine
import rewriting
import words

BATCH = 8 << 20 # bytes handed to the product at once


def analyze(text):
    return json.loads(engine.run("analyze", "--format", "json", text=text))["tokens"]


def batches(texts):
    batch, size = [], 0
    for text in texts:
        if size + len(text.encode()) + 1 > BATCH:
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += len(text.encode()) + 1
    if batch:
        yield batch


def forms(spelled):
    """The forms of words that are one token each, in order; None where there is another number of tokens."""
    found = []
    for batch in batches(spelled):
        starts, at = {}, 0
        for number, word in enumerate(batch):
            starts[at] = number
            at += len(word.encode()) + 1
        row = [[] for _ in batch]
        for token in analyze("\n".join(batch)):
            if token["colocated"] or token["start"] not in starts:
                continue
            row[starts[token["start"]]].append(token["form"])
        found += [forms[0] if len(forms) == 1 else None for forms in row]
    return found


def prove_words(distinct, report, name):
    distinct = sorted(w for w in distinct if rewriting.latin(w) and len(w) < 20)
    as_written = forms(distinct)
    wrong = [f"{w!r}: the form of its form {f!r} is {again!r}"
             for w, f, again in zip(distinct, as_written, forms([f or "-" for f in as_written])) if again != f]
    report.say(f"{name}, canonical forms are fixed points", not wrong, {"words": len(distinct), "differ": len(wrong)},
               wrong)
    wrong = [f"{w!r}: {f!r}" for w, f in zip(distinct, as_written)
             if f is None or f != unicodedata.normalize("NFC", f).lower() or words.key(f) != words.key(w)]
    report.say(f"{name}, canonical forms have the letters and tone of the word", not wrong,
               {"words": len(distinct), "differ": len(wrong)}, wrong)
    for spelling, rewrite in rewriting.SPELLINGS.items():
        respelled = [rewrite(word) for word in distinct]
        wrong = [f"{w!r} as {r!r}: {a!r} and {b!r}"
                 for w, r, a, b in zip(distinct, respelled, as_written, forms(respelled)) if a != b]
        report.say(f"{name}, forms in {spelling}", not wrong,
                   {"words": len(distinct), "respelled": sum(a != b for a, b in zip(distinct, respelled)),
                    "differ": len(wrong)}, wrong)


def prove_ranges(texts, report, name):
    tokens_seen, wrong = collections.Counter(), []
    for batch in batches(texts):
        text = "\n".join(batch)
        data = text.encode()
        offset, at = {}, 0 # byte -> character
        for number, character in enumerate(text):
            offset[at] = number
            at += len(character.encode())
        offset[at] = len(text)
        expected = {match.span() for match in words.WORD.finditer(text)}
        for token in analyze(text):
            tokens_seen[token["kind"]] += 1
            span = offset.get(token["start"]), offset.get(token["end"])
            source = data[token["start"]:token["end"]]
            good = None not in span and token["start"] < token["end"] and (
                span in expected or token["kind"] == "date" or cut_by_dictionary(text[slice(*span)]) or
                token["kind"] == "number" and source.isdigit())
            if not good:
                wrong.append(f"{token['form']!r} at {span}: {source!r}")
    report.say(f"{name}, tokens stand at words of the text", not wrong, dict(tokens_seen) | {"differ": len(wrong)}, wrong)


def cut_by_dictionary(source):
    return any(unicodedata.name(c, "").startswith(("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI", "LAO", "KHMER",
                                                   "MYANMAR")) for c in source)


def prove(path, every, report):
    name = os.path.basename(path).split(".")[0]
    texts = [a[f] for a in engine.articles(path, every) for f in ("title", "body") if a.get(f)]
    prove_words({word for text in texts for word in words.words(text)}, report, name)
    prove_ranges(texts, report, name)


if __name__ == "__main__":
    engine.main(prove)
