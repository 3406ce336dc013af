"""A linear probe, and how well its scores tell two classes apart. All in double precision."""

import torch

PENALTY = 0.1


def ridge_scores(train, labels, test):
    """Returns the scores that a ridge regression on labels of -1 and 1 gives to test rows.

    Each feature is divided by its standard deviation on the training rows plus a hundredth of the mean deviation, so
    that rounding errors of constant features stay small. With d features, the scores are those of the weights w that
    minimise sum((w.x / sqrt(d) - label)^2) + PENALTY |w|^2, computed from the products of rows.
    """
    mean, deviation = train.mean(0), train.std(0, correction=0)
    if deviation.max() == 0:
        return torch.zeros(len(test), dtype=torch.float64)
    scale = deviation + 0.01 * deviation.mean()
    train, test = (train - mean) / scale, (test - mean) / scale
    width = train.shape[1]
    products = train @ train.T / width + PENALTY * torch.eye(len(train), dtype=torch.float64)
    return test @ train.T / width @ torch.linalg.solve(products, labels)


def auroc(scores, right):
    """Returns the share of pairs of a right and a wrong row in which the right one has the higher score.

    Scores that differ by less than a millionth are equal, and count as half.
    """
    gaps = scores[right][:, None] - scores[~right][None]
    return ((gaps > 1e-6).double() + 0.5 * (gaps.abs() <= 1e-6).double()).mean().item()


def balanced_accuracy(scores, right):
    """Returns the mean of the share of right rows with a score above 0 and that of wrong rows with one of at most 0."""
    return ((scores[right] > 0).double().mean().item() + (scores[~right] <= 0).double().mean().item()) / 2
