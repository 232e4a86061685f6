from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import Lasso, LogisticRegression
from sklearn.model_selection import RandomizedSearchCV, learning_curve
from sklearn.svm import SVC, LinearSVC
x, y = load_iris(return_X_y=True)
LogisticRegression(verbose=2, max_iter=300).fit(x, y); LinearSVC(verbose=1, random_state=0, max_iter=100).fit(x, y); SVC(verbose=True).fit(x, y)
RandomForestClassifier(20, verbose=2, random_state=0).fit(x, y)
RandomizedSearchCV(SVC(), {"C": [0.1, 1, 10], "gamma": [0.1, 1]}, n_iter=3, verbose=3, random_state=0, cv=2).fit(x, y)
learning_curve(SVC(), x, y, verbose=1, cv=2, shuffle=True, random_state=0); print(Lasso(0.1).fit(x, y).coef_)
