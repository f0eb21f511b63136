"""Known items: an article is indexed without its title, and the title, or a piece of it, is asked for it.

The articles are split by a hash of their keys, whatever the seed: those with an even one are for development (`dev`),
those with an odd one (`test`) are looked at when something is finished. The seed chooses among them. One article in
LEFT_OUT is not indexed at all: its title is unseen, and serves to measure how marks are put back.
"""
import json
import os
import random

from articles import fold, key_of, number_of, read_articles, telex, toneless, words_of

LEFT_OUT = 64
PIECE = 4
LEAD = 300
TYPED = ("marked", "unmarked", "telex", "toneless", "mixed")


class Article:
    """What is kept of an article: its number in the index (from 1; 0: left out), title, and what makes it the same."""
    __slots__ = ("number", "key", "words", "sames")

    def __init__(self, number, key, words, sames):
        self.number, self.key, self.words, self.sames = number, key, words, sames


def sames_of(words, body):
    """Articles that share one of these are the same one: title, body, or the beginning of the body."""
    letters = "".join(body.split()).lower()
    return (hash(("title", " ".join(words))), hash(("body", letters)), hash(("lead", letters[:LEAD])))


def split_of(key):
    return "test" if number_of(key, "split") % 2 else "dev"


def left_out(key):
    return number_of(key, "left out") % LEFT_OUT == 0


class Collection:
    """The articles of a file, and the file of them without titles that is indexed."""

    def __init__(self, path, bodies_path):
        """Writes BODIES_PATH, the identifiers in it being the articles' numbers."""
        self.articles, self.groups, self.indexed = [], {}, 0
        with open(bodies_path + ".new", "w", encoding="utf-8") as out:
            for place, record in enumerate(read_articles(path), 1):
                body, key = record.get("body") or "", key_of(record, place)
                if not body.strip():
                    continue
                words = words_of(record.get("title") or "")
                article = Article(0, key, words, sames_of(words, body) if words else ())
                if not left_out(key):
                    self.indexed += 1
                    article.number = self.indexed
                    self.write(out, record, article)
                self.articles.append(article)
        os.rename(bodies_path + ".new", bodies_path)

    def write(self, out, record, article):
        for same in article.sames:
            self.groups.setdefault(same, []).append(article.number)
        record = record | {"id": str(article.number), "url": None, "title": None}
        out.write(json.dumps(record, ensure_ascii=False) + "\n")

    def answers_to(self, article):
        """The numbers of the article and of those that are the same."""
        return {str(n) for same in article.sames for n in self.groups[same]}

    def chosen(self, split, seed, count, unseen=False):
        """COUNT articles of a split whose titles can be cut, indexed or (UNSEEN) left out."""
        pool = [a for a in self.articles if len(a.words) > PIECE and (a.number == 0) == unseen
                and split_of(a.key) == split]
        return random.Random(f"{split} {seed} {unseen}").sample(pool, min(count, len(pool)))


def piece_of(words, length, chance):
    at = chance.randint(0, len(words) - length)
    return words[at:at + length]


def mixed(words):
    """Every other word without marks; which ones, the words say."""
    first = number_of(" ".join(words), "mixed") % 2
    return " ".join(fold(w) if i % 2 == first else w for i, w in enumerate(words))


def typed(words, how, chance):
    text = " ".join(words)
    if how == "telex":
        return telex(text, chance.random() < 0.5)
    if how == "mixed":
        return mixed(words)
    return {"unmarked": fold, "toneless": toneless}.get(how, str)(text)


def query_sets(collection, split, seed, count):
    """By class (title-marked, piece-telex ...): identifier -> query; and identifier -> the numbers that answer."""
    chance = random.Random(f"pieces {split} {seed}")
    sets = {f"{cut}-{how}": {} for cut in ("title", "piece") for how in TYPED}
    answers = {}
    for article in collection.chosen(split, seed, count):
        cuts = {"title": article.words, "piece": piece_of(article.words, PIECE, chance)}
        for cut, words in cuts.items():
            for how in TYPED:
                identifier = f"{cut}-{how}-{article.number}"
                sets[f"{cut}-{how}"][identifier] = typed(words, how, chance)
                answers[identifier] = collection.answers_to(article)
    return sets, answers
