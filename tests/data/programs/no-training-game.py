import random
random.seed(0)
you = it = 0
for turn in range(1, 11):
    a, b = random.randint(1, 6), random.randint(1, 6)
    you, it = you + (a > b), it + (b > a)
    print(f"Round {turn}: you rolled {a}, computer rolled {b} | score: {you}-{it} | lives: {3 - it // 4} | wins: {you} losses: {it}")
print(f"Final score: {you} to {it}. Win rate: {you / 10:.0%}, loss rate: {it / 10:.0%}")
for level in range(1, 5): print(f"Level {level}/4  score={level * 1200}  accuracy bonus x{level}  best: {level * 1300}")
