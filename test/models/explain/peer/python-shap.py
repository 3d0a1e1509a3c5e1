"""Writes python-shap.json: Shapley values of Python's shap package, on gradient-boosted trees of scikit-learn, and a linear model.

python3 -m venv venv && venv/bin/pip install --no-index --find-links WHEELS shap==0.51.0 scikit-learn==1.9.1
venv/bin/python test/models/explain/peer/python-shap.py
"""

import json
import pathlib

import numpy
import shap
import sklearn
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

draw = numpy.random.default_rng(7)
# Single precision, as scikit-learn's trees read rows: both sides then take every branch alike.
x = draw.normal(size=(300, 4)).astype(numpy.float32).astype(float)
y = (x[:, 0] * x[:, 1] + x[:, 2] + 0.5 * draw.normal(size=300) > 0).astype(int)
model = GradientBoostingClassifier(n_estimators=5, max_depth=4, min_samples_leaf=5, subsample=1.0, random_state=0).fit(x, y)
rows, background = x[:12], x[100:120]

names = ["root", "feature", "threshold", "left", "right", "value", "cover"]
trees = {name: [] for name in names}
for (one,) in model.estimators_:
    tree, start = one.tree_, len(trees["feature"])
    trees["root"].append(start)
    for node in range(tree.node_count):
        leaf = tree.children_left[node] < 0
        trees["feature"].append(-1 if leaf else int(tree.feature[node]))
        trees["threshold"].append(None if leaf else float(tree.threshold[node]))
        trees["left"].append(-1 if leaf else start + int(tree.children_left[node]))
        trees["right"].append(-1 if leaf else start + int(tree.children_right[node]))
        trees["value"].append(model.learning_rate * float(tree.value[node, 0, 0]))
        trees["cover"].append(float(tree.weighted_n_node_samples[node]))


def told(explainer, given):
    return {"base": float(numpy.ravel(explainer.expected_value)[0]), "phi": explainer.shap_values(given).tolist()}


linear = LogisticRegression(C=1.0).fit(x, y)
masker = shap.maskers.Independent(background, max_samples=len(background))
pathlib.Path(__file__).with_name("python-shap.json").write_text(
    json.dumps(
        {
            "versions": {"shap": shap.__version__, "sklearn": sklearn.__version__},
            "columns": x.shape[1],
            "rows": rows.tolist(),
            "background": background.tolist(),
            "base": float(model._raw_predict_init(x[:1])[0, 0]),
            **trees,
            "pathDependent": told(shap.TreeExplainer(model), rows),
            "interventional": told(shap.TreeExplainer(model, background, feature_perturbation="interventional"), rows),
            "linear": {
                "weights": linear.coef_[0].tolist(),
                "intercept": float(linear.intercept_[0]),
                **told(shap.LinearExplainer(linear, masker), rows),
            },
        }
    )
    + "\n"
)
