# Random queries by the grammar of the query language, whole and broken: queries.py COUNT SEED prints lines of a batch.
#
# Words come from the samples and from what is hostile: dates, numbers, abbreviations, decomposed letters, emoji.
import random
import sys

WORDS = ("cà phê đắk lắk tử vong tu vong hoà hòa thuý thúy vịêt người nguời Nguyễn Văn An UBND TP.HCM tphcm covid-19 "
         "U23 3.568 1,8 30/4 30-4-1975 tháng 4 năm 2020 ngày xăng dầu giá vàng C++ a@b.vn Ð Ɖ ðà vieejt Vie65t nam "
         "naïve Zürich 中国 ไทย 😀 vie\u0323\u0302t so\u00adft zero\u200bwidth \u202e\u2066 ' ’ _ . … — & / 0 "
         "AND OR NOT HOẶC NEAR NEAR/3 x: :y title: = - * () (( )) \"").split(" ")
FIELDS = ("title: tiêuđề: author: tácgiả: source: nguồn: section: mục: name: tên: date: ngày: after: từ: before: đến: "
          "khác:").split(" ")
DATES = ("2020 2020-07 20/7/2020 2020-01..2020-06 7/2020 \"hôm qua\" \"tháng 7/2020\" 31/13/2020 .. 2020.. ..2020 "
         "99999 -1 \"\"").split(" ")


def word(r):
    return r.choice(WORDS)


def phrase(r):
    left, right = r.choice([('"', '"'), ("“", "”"), ('"', ""), ("„", "“"), ("«", "»")])
    return left + " ".join(word(r) for _ in range(r.randrange(7))) + right


def atom(r):
    return r.choice([word, word, word, phrase, lambda r: word(r) + "*", lambda r: "=" + word(r)])(r)


def query(r, depth):
    kind = r.randrange(12) if depth else 0
    if kind < 3:
        return " ".join(atom(r) for _ in range(r.randrange(1, 5)))
    if kind < 5:
        return query(r, depth - 1) + r.choice([" OR ", " HOẶC ", " AND ", " NOT ", f" NEAR/{r.randrange(12)} ", " "]) \
            + query(r, depth - 1)
    if kind < 7:
        return "(" + query(r, depth - 1) + ")"
    if kind < 9:
        return r.choice(["-", "=", "NOT ", "- "]) + query(r, depth - 1)
    if kind < 11:
        return r.choice(FIELDS) + (r.choice(DATES) if r.randrange(2) else query(r, depth - 1))
    return " ".join(atom(r) for _ in range(r.choice([30, 70, 200])))


def broken(r, text):
    """TEXT with characters lost, doubled or moved."""
    characters = list(text)
    for _ in range(r.randrange(1, 4)):
        if characters:
            at = r.randrange(len(characters))
            change = r.randrange(3)
            if change == 0:
                del characters[at]
            elif change == 1:
                characters.insert(at, characters[at])
            else:
                characters.append(characters.pop(at))
    return "".join(characters)


if __name__ == "__main__":
    count, seed = int(sys.argv[1]), int(sys.argv[2])
    chance = random.Random(seed)
    for number in range(count):
        text = query(chance, chance.choice([1, 2, 3, 4, 10]))
        if chance.randrange(3) == 0:
            text = broken(chance, text)
        print(number, text.replace("\t", " ").replace("\n", " "), sep="\t")
