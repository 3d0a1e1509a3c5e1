"""scikit-learn's values on made-up rows; python3 metrics.py > test/models/metrics/sklearn.json"""
import json, numpy as np, sklearn
from sklearn.metrics import *
r=np.random.default_rng(6)
def row(a): return [round(float(x),6) for x in a]
out={"made_by":f"scikit-learn {sklearn.__version__}, numpy {np.__version__}: test/models/metrics/sklearn.py"}
n=120
z=r.normal(size=n); y=(r.uniform(size=n)<1/(1+np.exp(-z))).astype(int)
p=np.round(1/(1+np.exp(-(z*0.8+0.3*r.normal(size=n)))),2)  # ties
p=np.array(row(p))
out["two"]={"predicted":row(p),"label":y.tolist(),"auc":roc_auc_score(y,p),"averagePrecision":average_precision_score(y,p),
 "logLoss":log_loss(y,p),"brier":brier_score_loss(y,p),"accuracy":accuracy_score(y,p>=0.5),
 "normalisedEntropy":log_loss(y,p)/log_loss(y,np.full(n,y.mean()))}
# DeLong variance by its definition, every pair
pos,neg=p[y==1],p[y==0]
psi=(pos[:,None]>neg[None,:])+0.5*(pos[:,None]==neg[None,:])
out["two"]["deLongVariance"]=float(psi.mean(1).var(ddof=1)/len(pos)+psi.mean(0).var(ddof=1)/len(neg))
q=np.array(row(np.clip(p+0.2*r.normal(size=n),0.01,0.99)))
out["two"]["other"]=row(q)
pos2,neg2=q[y==1],q[y==0]
psi2=(pos2[:,None]>neg2[None,:])+0.5*(pos2[:,None]==neg2[None,:])
d=psi-psi2
out["two"]["deLongDifferenceVariance"]=float(d.mean(1).var(ddof=1)/len(pos)+d.mean(0).var(ddof=1)/len(neg))
k=3
s=r.normal(size=(n,k)); y3=np.array([r.choice(k,p=np.exp(a)/np.exp(a).sum()) for a in 1.5*s])
P=np.exp(s+0.2*r.normal(size=(n,k))); P/=P.sum(1,keepdims=True)
P=np.round(P,6); P[:,2]=1-P[:,0]-P[:,1]
out["three"]={"predicted":[float(x) for x in P.ravel()],"label":y3.tolist(),"auc":roc_auc_score(y3,P,multi_class="ovr",average="macro"),
 "logLoss":log_loss(y3,P),"accuracy":accuracy_score(y3,P.argmax(1)),"brier":float(((P-np.eye(k)[y3])**2).sum(1).mean())}
print(json.dumps(out))
