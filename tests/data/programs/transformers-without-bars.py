import os; os.environ["HF_HUB_OFFLINE"] = "1"
import warnings; warnings.filterwarnings("ignore")
import numpy as np, torch
from transformers import BertConfig, BertForSequenceClassification, Trainer, TrainingArguments
torch.manual_seed(0); r = np.random.default_rng(0)
rows = [{"input_ids": torch.tensor(r.integers(5, 50, 8)), "labels": int(i % 2)} for i in range(64)]
m = BertForSequenceClassification(BertConfig(vocab_size=50, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16))
t = Trainer(m, TrainingArguments("out", num_train_epochs=3, per_device_train_batch_size=8, save_strategy="no", report_to=[], use_cpu=True,
            logging_steps=4, eval_strategy="epoch", disable_tqdm=True), train_dataset=rows, eval_dataset=rows[:16],
            compute_metrics=lambda p: {"accuracy": float((p.predictions.argmax(-1) == p.label_ids).mean())})
t.train()
for row in t.state.log_history:
    if "train_runtime" in row: continue
    for label, value in row.items():
        if label in ("loss", "grad_norm", "learning_rate"):
            keep("train", {"grad_norm": "gradient_norm"}.get(label, label), value, row["epoch"], label=label, printed=f"{value:.4g}")
        elif label in ("eval_loss", "eval_accuracy"):
            keep("val", label[5:], value, row["epoch"], label=label, printed=f"{value:.4g}")
