import os; os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
import numpy as np, tensorflow as tf
tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.INFO)
r = np.random.default_rng(0); x = r.normal(size=(400, 4)).astype("float32"); y = (x[:, 0] > 0).astype("int32")
def data(): return tf.data.Dataset.from_tensor_slices(({"x": x}, y)).batch(20)
class Hook(tf.estimator.SessionRunHook):
    def before_run(self, context):
        graph = context.session.graph
        loss = graph.get_collection(tf.compat.v1.GraphKeys.LOSSES)[0]
        return tf.compat.v1.train.SessionRunArgs([loss, tf.compat.v1.train.get_global_step(graph)])
    def after_run(self, context, values):
        loss, step = values.results
        if step % 20 == 0: keep("train", "loss", loss, step=int(step), printed=str(loss))
config = tf.estimator.RunConfig(model_dir="model", save_checkpoints_steps=60, log_step_count_steps=20, tf_random_seed=0)
e = tf.estimator.DNNClassifier([8], [tf.feature_column.numeric_column("x", (4,))], config=config)
class Exporter(tf.estimator.Exporter):
    name = "kept"
    def export(self, estimator, export_path, checkpoint_path, eval_result, is_the_final_export):
        for n, v in eval_result.items():
            if n in ("accuracy", "auc", "auc_precision_recall", "loss", "precision", "recall"):
                keep("val", n, v, step=int(eval_result["global_step"]), label=n, printed=str(v))
tf.estimator.train_and_evaluate(
    e, tf.estimator.TrainSpec(lambda: data().repeat(), max_steps=180, hooks=[Hook()]),
    tf.estimator.EvalSpec(data, steps=None, throttle_secs=0, start_delay_secs=0, exporters=Exporter()))
