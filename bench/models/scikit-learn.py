"""scikit-learn on the rows and folds that bench/models.ts wrote: python3 scikit-learn.py FOLDER

Reads shape.json and arrays beside it, trains each model on each fold with one thread, writes the predictions of every row by the
model that did not see it, and prints CPU seconds as JSON.
"""
import json
import os
import sys
import time
import warnings

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")
import numpy as np
import sklearn
from sklearn.cluster import KMeans
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.tree import DecisionTreeClassifier

warnings.filterwarnings("ignore")
folder = sys.argv[1]
shape = json.load(open(f"{folder}/shape.json"))
n, folds = shape["rows"], shape["folds"]
read = lambda name, kind: np.fromfile(f"{folder}/{name}", kind)
raw = read("raw", np.float64).reshape(n, -1)
design = read("design", np.float64).reshape(n, -1)
label, fold = read("label", np.int32), read("fold", np.int32)
numbers = shape["numbers"]
coded = list(range(numbers, raw.shape[1]))
boosting = dict(max_iter=shape["rounds"], early_stopping=False)
models = {
    "logistic": (design, lambda: LogisticRegression(C=1.0, max_iter=1000)),
    "tree": (design, lambda: DecisionTreeClassifier(max_depth=8, min_samples_leaf=20, random_state=0)),
    "gbdt": (raw, lambda: HistGradientBoostingClassifier(categorical_features=coded or None, **boosting)),
    "gbdt of numbers": (raw, lambda: HistGradientBoostingClassifier(**boosting)),
    "mlp": (design, lambda: MLPClassifier((128, 64), batch_size=512, learning_rate_init=0.002, alpha=0, max_iter=shape["epochs"], n_iter_no_change=1000, random_state=0)),
}
told = {"version": sklearn.__version__, "seconds": {}}
for name, (x, make) in models.items():
    odds = np.zeros(n)
    seconds = []
    for f in [0, *range(folds)]:
        train, test = fold != f, fold == f
        inside, labels = x[train], label[train]
        start = time.process_time()
        model = make().fit(inside, labels)
        seconds.append(time.process_time() - start)
        odds[test] = model.predict_proba(x[test])[:, 1]
    # The first fit warms up: on both sides it is not counted.
    told["seconds"][name] = seconds[1:]
    odds.tofile(f"{folder}/{name}.odds")
start = time.process_time()
# Until nothing changes, as ours.
means = KMeans(n_clusters=shape["clusters"], n_init=5, random_state=0, max_iter=200, tol=0).fit(design)
told["kMeans"] = {"seconds": time.process_time() - start, "objective": float(means.inertia_)}
print(json.dumps(told))
