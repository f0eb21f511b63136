# Dates in figures and in words are one, whatever their spelling, and so are the ways to write an abbreviation.
#
#   dates.py FILE [EVERY [JSON]]      FILE: JSON lines; EVERY: of that many articles one is taken
#
# The days that the articles name most often, and as many at random, are asked for in seven spellings, with years too;
# each must find the articles in which one of four regular expressions finds that day.
import collections
import os
import random
import re
import sys
import unicodedata

import engine
import words

CITIES = 10
DAYS = 12 # most frequent ones, and as many at random
LEFT = r"(?<![^\W_])"
RIGHT = r"(?![^\W_])"
MONTH = r"th[áa]ng"
BORDER = "¶"


def text_of(article):
    # No date goes from a title on into the body: "... từ tháng 10", "Tháng 10 ...".
    text = unicodedata.normalize("NFC", f"{article.get('title') or ''}\n{BORDER}\n{article.get('body') or ''}")
    return words.INVISIBLE.sub("", text).casefold()


def number(n):
    return f"0?{n}" if n < 10 else str(n)


def day_pattern(day, month, year):
    """The day in figures with three separators, and in words. YEAR: None for any or none."""
    d, m = number(day), number(month)
    short = rf"{year % 100:02}" if year else r"\d\d"
    full = str(year) if year else r"(?:1[6-9]|2[01])\d\d"
    after = {s: rf"{s}(?:{full}|{short})" for s in ("/", r"\.")} | {"-": f"-{full}"}
    maybe = "" if year else "?"
    words_after = rf"(?:{m}\s+n[ăa]m\s+{full}|{m}[/.\-]{full}(?![/.,\-]\d))" if year else \
        rf"{m}(?:[/.\-]{full}{RIGHT}|{RIGHT})(?![/.,\-]\d)"
    return re.compile("|".join((
        rf"{LEFT}(?<!\d[/.,]){d}/{m}(?:{after['/']}){maybe}{RIGHT}(?![/.,]\d|%)",
        rf"{LEFT}(?<!\d[/.,]){d}\.{m}(?:{after[chr(92) + '.']}){maybe}{RIGHT}(?![/.,]\d|%)",
        rf"{LEFT}(?<!\d[/.,\-]){d}-{m}(?:{after['-']}){maybe}{RIGHT}(?![/.,\-]\d|%)(?!\s+{MONTH})",
        rf"{LEFT}(?<!\d[/.,]){d}\s+{MONTH}\s+{words_after}{RIGHT}",
    )))


def spellings(day, month, year):
    if year:
        return [f"{day}/{month}/{year}", f"{day}-{month}-{year}", f"{day}.{month}.{year}", f"{day:02}/{month:02}/{year}",
                f"ngày {day} tháng {month} năm {year}", f"{day} tháng {month} năm {year}",
                f"{day} tháng {month}/{year}"]
    return [f"{day}/{month}", f"{day}-{month}", f"{day}.{month}", f"{day:02}/{month:02}", f"ngày {day} tháng {month}",
            f"{day} tháng {month}", f'"{day}/{month}"']


def days_named(texts, chance):
    """(day, month, None) and (day, month, year), those asked for."""
    counted = collections.Counter()
    for text in texts:
        for d, _, m, y in set(re.findall(r"\b(\d\d?)([/.\-])(\d\d?)(?:\2(20\d\d))?\b", text)):
            if 1 <= int(d) <= 28 and 1 <= int(m) <= 12:
                counted[(int(d), int(m), int(y) if y else None)] += 1
    chosen = [(30, 4, None)]
    for with_year in (False, True):
        days = [day for day, count in counted.most_common() if (day[2] is not None) == with_year]
        chosen += days[:DAYS] + chance.sample(days[DAYS:], min(DAYS, len(days[DAYS:])))
    return chosen


def prove_days(archive, articles, texts, report, name):
    for with_year in (False, True):
        days = [d for d in days_named(texts, random.Random(name)) if (d[2] is not None) == with_year]
        asked = [(day, spelling) for day in days for spelling in spellings(*day)]
        expected = {}
        for day in days:
            pattern = day_pattern(*day)
            expected[day] = {a["key"] for a, text in zip(articles, texts) if pattern.search(text)}
        wrong, total = [], 0
        for (day, spelling), got in zip(asked, engine.found(archive, [s for _, s in asked])):
            total += len(got)
            if got != expected[day]:
                wrong.append(f"{spelling}: {len(got)}, by scanning {len(expected[day])}: "
                             f"{sorted(got - expected[day])[:2]} {sorted(expected[day] - got)[:2]}")
        report.say(f"{name}, days {'with' if with_year else 'without'} year", not wrong and len(days) > 0,
                   {"days": len(days), "queries": len(asked), "articles found": total, "differ": len(wrong)}, wrong)


# Of each unit the spellings in texts as a regular expression between words, and queries that must all find the same.
GAP = r"[\W_]+"
UNITS = {
    "UBND": ("ubnd|ủy ban nhân dân",
             "UBND|ubnd|\"UBND\"|ủy ban nhân dân|Uỷ ban Nhân dân|\"uy ban nhan dan\""),
    "TP.HCM": ("tp hcm|tphcm|tp hồ chí minh|thành phố hồ chí minh",
               "TP.HCM|TP HCM|tphcm|\"TP.HCM\"|\"tp hcm\"|\"TPHCM\"|thành phố Hồ Chí Minh|TP. Hồ Chí Minh|"
               "thanh pho ho chi minh"),
    "GD-ĐT": ("gd đt|gdđt|giáo dục và đào tạo|giáo dục đào tạo",
              "GD-ĐT|GD&ĐT|GDĐT|gddt|giáo dục đào tạo|\"Giáo dục và Đào tạo\"|giáo dục - đào tạo"),
    "TAND": ("tand|tòa án nhân dân", "TAND|toà án nhân dân|toa an nhan dan"),
    "HĐND": ("hđnd|hội đồng nhân dân", "HĐND|HDND|hội đồng nhân dân"),
}


def prove_units(archive, articles, texts, report, name):
    texts = [text.replace("uỷ", "ủy").replace("oà", "òa") for text in texts]
    for unit, (spelled, queries) in UNITS.items():
        pattern = re.compile(f"{LEFT}(?:{spelled.replace(' ', GAP)}){RIGHT}")
        expected = {a["key"] for a, text in zip(articles, texts) if pattern.search(text)}
        queries = queries.split("|")
        wrong = [f"{query}: {len(got)}, by scanning {len(expected)}"
                 for query, got in zip(queries, engine.found(archive, queries, "--tier", "exact")) if got != expected]
        report.say(f"{name}, {unit}", not wrong and len(expected) > 10,
                   {"queries": len(queries), "articles": len(expected), "differ": len(wrong)}, wrong)


def prove_after_a_stop(archive, articles, texts, report, name):
    """Whatever TP.Đà Nẵng and the like name is found by its name alone."""
    glued = collections.defaultdict(set)
    for article, text in zip(articles, texts):
        for city in re.findall(f"{LEFT}tp\\.((?!hcm)\\w+(?: \\w+)?){RIGHT}", text):
            glued[city].add(article["key"])
    cities = sorted(glued, key=lambda city: (-len(glued[city]), city))[:CITIES]
    found = engine.found(archive, [f'"{city}"' for city in cities])
    wrong = [f"{city}: {len(glued[city] - got)}" for city, got in zip(cities, found) if glued[city] - got]
    if not cities:
        return
    report.say(f"{name}, names in TP.Đà Nẵng and the like", not wrong,
               {"names": len(cities), "glued": sum(len(glued[city]) for city in cities), "missing": len(wrong)}, wrong)


def prove(path, every, report):
    name = os.path.basename(path).split(".")[0]
    with engine.indexed(path, every) as (archive, articles):
        texts = [text_of(article) for article in articles]
        prove_days(archive, articles, texts, report, name)
        prove_units(archive, articles, texts, report, name)
        prove_after_a_stop(archive, articles, texts, report, name)


if __name__ == "__main__":
    engine.main(prove)
