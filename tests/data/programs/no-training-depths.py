from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier
x, y = load_breast_cancer(return_X_y=True)
a, b, c, d = train_test_split(x, y, random_state=0)
for depth in range(1, 6):
    m = DecisionTreeClassifier(max_depth=depth, random_state=0).fit(a, c)
    print(f"max_depth={depth}: train accuracy {m.score(a, c):.3f}, test accuracy {m.score(b, d):.3f}")
for k in (1, 3, 5, 9):
    m = KNeighborsClassifier(k).fit(a, c)
    print("k =", k, "train acc:", round(m.score(a, c), 3), "test acc:", round(m.score(b, d), 3))
