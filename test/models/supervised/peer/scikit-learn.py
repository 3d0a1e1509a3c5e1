"""Golden numbers of scikit-learn 1.9.1 for the tests beside: python3 scikit-learn.py > scikit-learn.json

Needs scikit-learn (a wheel of it in a virtual environment outside the repository, or Debian's python3-sklearn).
"""
import json
import numpy as np
import sklearn
from sklearn.calibration import _sigmoid_calibration, _TemperatureScaling
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.isotonic import IsotonicRegression
from sklearn.tree import DecisionTreeClassifier

rng = np.random.default_rng(20)
n = 240
x = np.round(rng.normal(size=(n, 4)), 3)
score = 1.5 * x[:, 0] + np.abs(x[:, 1]) - 1 + np.where(x[:, 2] > 0.3, x[:, 3], 0)
two = (rng.uniform(size=n) < 1 / (1 + np.exp(-score))).astype(int)
three = np.digitize(score + rng.logistic(size=n), [-1, 1])
# No two are alike, so that no two splits are equally good: of such scikit-learn takes one by chance.
weight = np.round(rng.uniform(0.5, 2, size=n), 3)
holes = np.where(rng.uniform(size=(n, 4)) < 0.15, np.nan, x)
fresh = np.round(rng.normal(size=(40, 4)), 3)


def tree(labels, **settings):
    model = DecisionTreeClassifier(random_state=0, **settings).fit(x, labels, weight)
    for seed in range(1, 30):
        other = DecisionTreeClassifier(random_state=seed, **settings).fit(x, labels, weight)
        assert np.allclose(other.predict_proba(fresh), model.predict_proba(fresh), atol=1e-9)
    path = model.cost_complexity_pruning_path(x, labels, weight)
    alpha = float(np.sqrt(path.ccp_alphas[-4] * path.ccp_alphas[-3]))
    cut = DecisionTreeClassifier(random_state=0, ccp_alpha=alpha, **settings).fit(x, labels, weight)
    return {
        "leaves": int(model.get_n_leaves()),
        "odds": model.predict_proba(fresh).tolist(),
        "alphas": path.ccp_alphas.tolist(),
        "alpha": alpha,
        "prunedLeaves": int(cut.get_n_leaves()),
        "prunedOdds": cut.predict_proba(fresh).tolist(),
    }


def boosted(rows, labels, weights=None, **settings):
    model = HistGradientBoostingClassifier(early_stopping=False, max_iter=30, **settings)
    return model.fit(rows, labels, sample_weight=weights).predict_proba(rows).tolist()


p = np.clip(np.round(1 / (1 + np.exp(-(0.4 * score - 1 + rng.normal(size=n)))), 4), 1e-4, 1 - 1e-4)
logit = np.log(p / (1 - p))
slope, offset = _sigmoid_calibration(logit, two)
isotonic = IsotonicRegression(out_of_bounds="clip").fit(p, two)
weighted = IsotonicRegression(out_of_bounds="clip").fit(np.round(p, 1), two, sample_weight=weight)
odds3 = np.exp(np.round(2.5 * np.stack([-score, 0 * score, score], 1) + rng.normal(size=(n, 3)), 2))
odds3 = np.round(odds3 / odds3.sum(1, keepdims=True), 5)
odds3[:, 2] = np.clip(1 - odds3[:, 0] - odds3[:, 1], 0, 1)
ask = np.linspace(0, 1, 41)

none = lambda rows: [[None if np.isnan(v) else v for v in row] for row in rows.tolist()]
digits = lambda one: float(f"{one:.12g}") if isinstance(one, float) else one
short = lambda one: [short(v) for v in one] if isinstance(one, list) else {k: short(v) for k, v in one.items()} if isinstance(one, dict) else digits(one)
print(json.dumps(short({
    "version": sklearn.__version__,
    "x": x.tolist(), "holes": none(holes), "fresh": fresh.tolist(),
    "two": two.tolist(), "three": three.tolist(), "weight": weight.tolist(),
    "trees": {
        "gini": tree(two, min_samples_leaf=10, max_depth=5),
        "entropy": tree(two, criterion="entropy", min_samples_leaf=10, max_depth=5),
        "three": tree(three, min_samples_leaf=10, max_depth=5),
    },
    "boosted": {
        "leafWise": boosted(x, two, max_leaf_nodes=6, min_samples_leaf=10, l2_regularization=1.0),
        "deep": boosted(x, two, max_leaf_nodes=None, max_depth=3, min_samples_leaf=15),
        "missing": boosted(holes, two, max_leaf_nodes=6, min_samples_leaf=10),
        "three": boosted(x, three, max_leaf_nodes=5, min_samples_leaf=10),
        "weighted": boosted(x, two, weight, max_leaf_nodes=5, min_samples_leaf=10),
    },
    "calibration": {
        "p": p.tolist(), "odds": odds3.tolist(),
        "inverseTemperature": float(_TemperatureScaling().fit(np.log(np.stack([1 - p, p], 1)), two).beta_),
        "inverseTemperatureOfThree": float(_TemperatureScaling().fit(np.log(np.clip(odds3, 1e-12, 1)), three).beta_),
        "slope": float(slope), "offset": float(offset), "ask": ask.tolist(),
        "isotonic": isotonic.predict(ask).tolist(), "roundedWeighted": weighted.predict(ask).tolist(),
    },
})))
