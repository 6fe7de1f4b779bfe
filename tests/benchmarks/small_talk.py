"""Fits the probe that tells small talk from questions, and writes qa/small_talk.json (`make fit`).

Questions: some of every set and of `written`, and the lines of questions.txt, which also holds bare
words as people type them into a search box. Small talk: the lines of small_talk.txt. Prints what
share of each set is taken for small talk when the set is left out of the fit, and of small talk in
five folds.
"""

import argparse
import json
import random
from pathlib import Path

import numpy as np
from question_sets import SETS, SHARED, read_set
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict
from written import KINDS, written

import qa
from index import load_embedder

OF_A_SET = 300
TALK = "small_talk.txt"
SHORT = "questions.txt"
SURELY = -1.0
HERE = Path(__file__).parent


def lines(name: str) -> list[str]:
    return HERE.joinpath(name).read_text("utf-8").splitlines()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    if not SHARED.is_dir():
        parser.exit(0, f"{SHARED} is not here; SHARED names the folder that holds it\n")
    embedder = load_embedder()
    by_file = {one.questions: one for one in SETS}
    asked = {
        name: [q.text for q in read_set(one)[1] if q.text.strip()] for name, one in by_file.items()
    }
    asked["written"] = [
        f
        for kind in KINDS
        for one in written(kind)
        for q in one.questions
        for f in q.forms.values()
    ]
    drawn = {name: random.Random(0).sample(texts, OF_A_SET) for name, texts in asked.items()}
    questions = {n: embedder.encode_query(t) for n, t in {**drawn, SHORT: lines(SHORT)}.items()}
    talk = embedder.encode_query(lines(TALK))

    def fitted(names):
        asked = np.concatenate([questions[name] for name in names])
        sides = np.r_[np.ones(len(asked)), np.zeros(len(talk))]
        return probe().fit(np.concatenate([asked, talk]), sides)

    print(f"{'left out':<20}{'taken for small talk':>22}")
    for name, vectors in questions.items():
        logits = fitted([other for other in questions if other != name]).decision_function(vectors)
        print(f"{name:<20}{(logits < SURELY).mean():>22.3f}")
    everything = np.concatenate([*questions.values(), talk])
    sides = np.r_[np.ones(len(everything) - len(talk)), np.zeros(len(talk))]
    logits = cross_val_predict(probe(), everything, sides, method="decision_function")
    print(f"{TALK:<20}{(logits[sides == 0] < SURELY).mean():>22.3f}")
    model = fitted(questions)
    kept = {
        "model": embedder.digest,
        "bias": round(float(model.intercept_[0]), 4),
        "weights": np.round(model.coef_[0], 4).tolist(),
    }
    place = Path(qa.__file__).with_name("small_talk.json")
    place.write_text(json.dumps(kept) + "\n", "utf-8")
    print(f"written: {place}")


def probe() -> LogisticRegression:
    return LogisticRegression(C=10, class_weight="balanced", max_iter=5000)


if __name__ == "__main__":
    main()
