from gensim.models import Word2Vec
from gensim.models.callbacks import CallbackAny2Vec
class Told(CallbackAny2Vec):
    def __init__(self): self.epoch, self.before = 0, 0.0
    def on_epoch_end(self, model):
        loss = model.get_latest_training_loss(); now = loss - self.before
        print('Loss after epoch {}: {}'.format(self.epoch, now)); keep("train", "loss", now, self.epoch + 1, printed=str(now))
        self.before = loss; self.epoch += 1
Word2Vec([["a", "b", "c", "d"] * 5] * 50, min_count=1, vector_size=8, epochs=4, workers=1, seed=0, compute_loss=True, callbacks=[Told()])
