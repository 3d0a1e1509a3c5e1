"""scikit-learn on the folds of adsim: python3 sklearn-folds.py DATA FOLDS, where FOLDS holds coupon.json and online-shoppers.json,
each the fold of every row (kFolds, seed 1). Prints the numbers that train-real.test.ts compares with.

Prepared as adsim does: numbers standardised by the training rows, missing ones at the mean beside a column that says so; a column
per level of at least five training rows, rarer ones as one; logistic regression with C = 1 to its optimum."""
import json, sys, time
import numpy as np, pandas as pd, sklearn
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, log_loss, roc_auc_score

data, folds_at = sys.argv[1:3]
SETS = {
    "coupon": ("coupon/in-vehicle-coupon-recommendation.csv.gz", "Y", None),
    "online-shoppers": ("online_shoppers/online_shoppers_intention.csv", "Revenue",
                        ["Month", "OperatingSystems", "Browser", "Region", "TrafficType", "VisitorType"]),
}

def design(train, test, fields):
    parts = [[], []]
    for name in train.columns:
        if name in fields:
            counts = train[name].value_counts()
            kept = sorted(counts[counts >= 5].index)
            rare = set(counts[counts < 5].index)
            for level in kept:
                for part, rows in zip(parts, (train, test)): part.append((rows[name] == level).to_numpy(float))
            if rare:
                for part, rows in zip(parts, (train, test)): part.append(rows[name].isin(rare).to_numpy(float))
        else:
            mean, sd = train[name].mean(), train[name].std(ddof=0)
            if sd == 0 or np.isnan(sd): continue
            for part, rows in zip(parts, (train, test)): part.append(((rows[name] - mean) / sd).fillna(0).to_numpy(float))
    return [np.column_stack(part) for part in parts]

for name, (path, label, fields) in SETS.items():
    rows = pd.read_csv(f"{data}/{path}", dtype={f: str for f in fields or []})
    if name == "coupon": rows = rows.drop_duplicates()
    fold = np.array(json.load(open(f"{folds_at}/{name}.json")))
    y = rows.pop(label).astype(int).to_numpy()
    if fields is None: fields = [c for c in rows.columns if rows[c].dtype == object or str(rows[c].dtype) in ("str", "string")]
    for c in rows.columns:
        if c not in fields: rows[c] = rows[c].astype(float)
    trees = rows.copy()
    for f in fields: trees[f] = trees[f].astype("category")
    found = {"logistic": [], "histogram trees": []}
    for kind, scores in found.items():
        began = time.process_time()
        for k in range(5):
            a, b = fold != k, fold == k
            if kind == "logistic":
                X, Z = design(rows[a], rows[b], fields)
                model = LogisticRegression(C=1, tol=1e-10, max_iter=5000).fit(X, y[a])
            else:
                X, Z = trees[a], trees[b]
                model = HistGradientBoostingClassifier(categorical_features="from_dtype", random_state=0).fit(X, y[a])
            p = model.predict_proba(Z)[:, 1]
            scores.append([roc_auc_score(y[b], p), log_loss(y[b], p), average_precision_score(y[b], p), b.sum()])
        s = np.array(scores); w = s[:, 3] / s[:, 3].sum()
        print(name, kind, f"sklearn {sklearn.__version__}", dict(zip(("auc", "logLoss", "averagePrecision"), (w @ s[:, :3]).tolist())),
              f"{time.process_time() - began:.2f} s of processor")
