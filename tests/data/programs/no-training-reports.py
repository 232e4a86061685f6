from sklearn.datasets import load_digits
from sklearn.dummy import DummyClassifier
from sklearn.metrics import accuracy_score, f1_score, log_loss, precision_score, recall_score, roc_auc_score
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
x, y = load_digits(return_X_y=True)
print(f"{'model':12} {'accuracy':>9} {'f1':>6} {'log loss':>9}")
for m in (DummyClassifier(), GaussianNB(), LogisticRegression(max_iter=200)):
    p = m.fit(x[:900], y[:900]).predict_proba(x[900:]); g = p.argmax(1)
    print(f"{type(m).__name__[:12]:12} {accuracy_score(y[900:], g):9.3f} {f1_score(y[900:], g, average='macro'):6.3f} {log_loss(y[900:], p):9.3f}")
    print(f"Precision: {precision_score(y[900:], g, average='macro', zero_division=0):.4f}\nRecall: {recall_score(y[900:], g, average='macro'):.4f}\nAUC: {roc_auc_score(y[900:], p, multi_class='ovr'):.4f}")
