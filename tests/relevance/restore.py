"""How well marks are put back into titles that the archive has not seen, and into pieces of them.

`trabao suggest --db FILE --restore --batch FILE` reads lines of an identifier, a tab and a text, and prints the
identifier, a tab and the text with its marks. Words are compared by syllable: hoà is hòa, tỷ is tỉ.
"""
import os
import random
import subprocess

from articles import fold, spelling
from figures import summary
from known import piece_of

PIECES = (2, 3, 4)


def can_restore(program):
    done = subprocess.run([program, "suggest", "--help"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                          check=False)
    return done.returncode == 0 and "--restore" in done.stdout


def texts_of(titles, seed):
    """Identifier -> words: each title, and a piece of it of each length."""
    chance = random.Random(f"restore {seed}")
    texts = {}
    for number, words in enumerate(titles):
        texts[f"title-{number}"] = words
        for length in PIECES:
            texts[f"piece{length}-{number}"] = piece_of(words, length, chance)
    return texts


def restored(program, archive, texts, folder):
    path = os.path.join(folder, "restore.tsv")
    with open(path, "w", encoding="utf-8") as out:
        out.writelines(f"{identifier}\t{fold(' '.join(words))}\n" for identifier, words in texts.items())
    done = subprocess.run([program, "suggest", "--db", archive, "--restore", "--batch", path], check=True,
                          stdout=subprocess.PIPE, text=True)
    return dict(line.split("\t", 1) for line in done.stdout.splitlines())


def rights(words, text):
    """Whether each word came out right; none did when there are more or fewer of them."""
    found = text.lower().split()
    if len(found) != len(words):
        return [0.0] * len(words)
    return [float(spelling(a) == spelling(b)) for a, b in zip(words, found)]


def measure(program, archive, titles, seed, folder):
    """Shares, with intervals: syllables of titles, whole titles, and whole pieces of two to four syllables."""
    texts = texts_of(titles, seed)
    found = restored(program, archive, texts, folder)
    right = {identifier: rights(words, found.get(identifier, "")) for identifier, words in texts.items()}
    syllables = {i: [r for r, w in zip(right[i], texts[i]) if w.isalpha()] for i in texts if i.startswith("title")}
    whole = {i: float(all(values)) for i, values in right.items()}
    figures = {"syllables": summary([sum(s) / len(s) for s in syllables.values() if s]),
               "titles": summary([whole[i] for i in syllables])}
    for length in PIECES:
        figures[f"pieces of {length}"] = summary([whole[i] for i in whole if i.startswith(f"piece{length}-")])
    figures["pieces"] = summary([whole[i] for i in whole if i.startswith("piece")])
    return figures
