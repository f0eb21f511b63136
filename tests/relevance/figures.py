"""Figures of ranked answers: reciprocal rank, nDCG and recall of the best ten, with bootstrap intervals."""
import math
import random

PLACES = 10
RESAMPLES = 1000
METRICS = ("mrr", "ndcg", "recall")


def of_known_item(ranked, answers):
    """An article was looked for, and whichever of ANSWERS comes first is it."""
    place = next((i for i, key in enumerate(ranked[:PLACES], 1) if key in answers), None)
    if place is None:
        return {"mrr": 0.0, "ndcg": 0.0, "recall": 0.0}
    return {"mrr": 1 / place, "ndcg": 1 / math.log2(place + 1), "recall": 1.0}


def of_judged(ranked, grades):
    """GRADES: key -> grade. Gain 2^grade - 1; any grade above 0 counts for the rank and for recall."""
    best = ranked[:PLACES]
    gains = sorted((2 ** g - 1 for g in grades.values() if g > 0), reverse=True)
    ideal = sum(gain / math.log2(place + 1) for place, gain in enumerate(gains[:PLACES], 1))
    reached = sum((2 ** grades.get(key, 0) - 1) / math.log2(place + 1) for place, key in enumerate(best, 1))
    meant = {key for key, g in grades.items() if g > 0}
    first = next((place for place, key in enumerate(best, 1) if key in meant), None)
    return {"mrr": 1 / first if first else 0.0, "ndcg": reached / ideal if ideal else 0.0,
            "recall": len(meant.intersection(best)) / len(meant) if meant else 0.0}


def interval(values, seed=1):
    """The 95 % interval of the mean by resampling the queries."""
    chance = random.Random(seed)
    means = sorted(sum(chance.choices(values, k=len(values))) / len(values) for _ in range(RESAMPLES))
    return [round(means[int(RESAMPLES * share)], 4) for share in (0.025, 0.975)]


def summary(values):
    """Mean and interval of a list of numbers."""
    return {"mean": round(sum(values) / len(values), 4), "interval": interval(values), "n": len(values)}


def summaries(per_query):
    """Of the figures of each query (a list of dicts): metric -> mean and interval."""
    return {metric: summary([figures[metric] for figures in per_query]) for metric in METRICS}
