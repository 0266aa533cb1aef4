"""torch-fidelity's precision and recall of the features of bench/cases/latent-features.ts."""
import resource

from torch_fidelity.metric_prc import prc_features_to_metric

from latent_features import features
from side import serve


def result_of(metric):
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return [peak, metric["precision"], metric["recall"]]


real, fake = features(1), features(2)
serve(
    lambda: prc_features_to_metric(
        fake, real, prc_neighborhood=3, prc_batch_size=10_000, save_cpu_ram=False, verbose=False
    ),
    result_of,
)
