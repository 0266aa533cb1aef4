"""torch-fidelity's FID of the features of bench/cases/latent-features.ts, their means and covariances included."""
from torch_fidelity.metric_fid import fid_features_to_statistics, fid_statistics_to_metric

from latent_features import features
from side import serve

real, fake = features(1), features(2)


def distance():
    statistics = [fid_features_to_statistics(rows) for rows in (real, fake)]
    return fid_statistics_to_metric(*statistics, False)["frechet_inception_distance"]


serve(distance, lambda fid: [float(fid)])
