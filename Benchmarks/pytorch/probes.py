"""Classifiers on standardised features: softmax regression, with or without a hidden layer, and ridge regression."""

import copy

import torch
import torch.nn.functional as F
from torch import nn

NO_LABEL = -1
PENALTY, TOLERANCE, MOST_PASSES = 1e-4, 5e-4, 1000
BATCH, RATES, PATIENCE = 256, [2e-3, 6e-4, 1.8e-4], 100
RIDGE_PENALTY = 1e-3


class Features:
    """Standardises features with the means and deviations of the training rows; constant features become 0."""

    def __init__(self, features):
        self.mean, self.deviation = features.mean(0), features.std(0, correction=0)
        self.deviation[self.deviation < 1e-6] = torch.inf

    def __call__(self, features):
        return (features - self.mean) / self.deviation


def task_losses(logits, labels):
    """Returns the mean cross-entropy of each task over its labelled rows, for logits (rows, classes, tasks)."""
    losses = F.cross_entropy(logits, labels, ignore_index=NO_LABEL, reduction="none")
    return losses.sum(0) / (labels != NO_LABEL).sum(0)


class SoftmaxProbe:
    """Softmax regression: each task minimises its mean cross-entropy plus PENALTY / 2 times its squared weights.

    L-BFGS fits all tasks as one problem, in coordinates in which the features are uncorrelated.
    """

    def __init__(self, features, labels, classes):
        self.features, self.classes = Features(features), classes
        inputs = self.features(features)
        width, tasks = inputs.shape[1], labels.shape[1]
        covariance = inputs.T @ inputs / len(inputs) + classes * PENALTY * torch.eye(width)
        whitening = torch.linalg.inv(torch.linalg.cholesky(covariance)).T
        # A class that never occurs has no finite optimum; it gets probability 0.
        occurs = torch.stack([(labels == label).any(0) for label in range(classes)])
        self.absent = torch.where(occurs, 0.0, -1e4)
        coordinates = torch.zeros(width, classes * tasks, requires_grad=True)
        bias = torch.zeros(classes * tasks, requires_grad=True)
        optimiser = torch.optim.LBFGS(
            [coordinates, bias], max_iter=MOST_PASSES, max_eval=MOST_PASSES, history_size=20,
            tolerance_grad=TOLERANCE / 25, tolerance_change=0, line_search_fn="strong_wolfe")
        self.passes = 0

        def loss():
            self.passes += 1
            optimiser.zero_grad()
            self.weight, self.bias = whitening @ coordinates, bias
            self.weight.retain_grad()
            value = task_losses(self._logits(inputs), labels).sum() + PENALTY / 2 * self.weight.square().sum()
            value.backward()
            return value

        optimiser.step(loss)
        loss()
        gradient = torch.cat([self.weight.grad, bias.grad[None]]).unflatten(1, (classes, tasks))
        self.gradient_norm = gradient.norm(dim=(0, 1)).max().item()
        self.weight, self.bias = self.weight.detach(), bias.detach()
        assert self.gradient_norm < TOLERANCE, f"the gradient is {self.gradient_norm} after {self.passes} passes"

    def _logits(self, inputs):
        return (inputs @ self.weight + self.bias).unflatten(1, (self.classes, -1)) + self.absent

    def accuracy(self, features, labels):
        """Returns the share of correct predictions."""
        return accuracy(self._logits(self.features(features)), labels)

    def direction(self, tasks, start, end):
        """Returns the unit direction (cases, width) from one class of a task to another."""
        weights = self.weight.T.unflatten(0, (self.classes, -1))
        return F.normalize((weights[end, tasks] - weights[start, tasks]) / self.features.deviation, dim=1)


class HiddenProbe:
    """A network with a hidden ReLU layer, which Adam trains until the loss on the last tenth of the rows stops falling.

    The loss is checked after each pass. If it has not fallen for a pass and for PATIENCE steps, training continues from
    the best parameters at the next lower rate.
    """

    def __init__(self, features, labels, classes, hidden_width=256):
        self.features, self.classes = Features(features), classes
        inputs = self.features(features)
        hidden, output = nn.Linear(inputs.shape[1], hidden_width), nn.Linear(hidden_width, labels.shape[1] * classes)
        nn.init.normal_(hidden.weight, std=(2 / inputs.shape[1]) ** 0.5)
        for zero in (hidden.bias, output.weight, output.bias):
            nn.init.zeros_(zero)
        self.network = nn.Sequential(hidden, nn.ReLU(), output)
        count = len(inputs) * 9 // 10
        self._train(inputs[:count], labels[:count], inputs[count:], labels[count:])

    def _train(self, inputs, labels, held_inputs, held_labels):
        least, self.passes = float("inf"), 0
        optimiser = torch.optim.Adam(self.network.parameters(), fused=True)
        best = None
        patience = -(-PATIENCE // -(-len(inputs) // BATCH))
        for rate in RATES:
            for group in optimiser.param_groups:
                group["lr"] = rate
            passes_since_best = 0
            while passes_since_best < patience:
                for rows in torch.randperm(len(inputs)).split(BATCH):
                    loss = F.cross_entropy(self._logits(inputs[rows]), labels[rows], ignore_index=NO_LABEL)
                    optimiser.zero_grad()
                    loss.backward()
                    optimiser.step()
                self.passes += 1
                with torch.no_grad():
                    held = F.cross_entropy(self._logits(held_inputs), held_labels, ignore_index=NO_LABEL).item()
                passes_since_best += 1
                if held < least:
                    passes_since_best = 0
                    least, best = held, copy.deepcopy((self.network.state_dict(), optimiser.state_dict()))
            self.network.load_state_dict(best[0])
            optimiser.load_state_dict(best[1])

    def _logits(self, inputs):
        return self.network(inputs).unflatten(1, (self.classes, -1))

    @torch.no_grad()
    def accuracy(self, features, labels):
        """Returns the share of correct predictions."""
        return accuracy(self._logits(self.features(features)), labels)


class RidgeProbe:
    """Least squares on class indicators, with RIDGE_PENALTY times the squared weights per row."""

    def __init__(self, features, labels, classes):
        self.features, self.classes = Features(features), classes
        inputs = self.features(features).double()
        indicators = F.one_hot(labels, classes).transpose(1, 2).flatten(1).double()
        self.bias = indicators.mean(0)
        penalty = RIDGE_PENALTY * len(inputs) * torch.eye(inputs.shape[1]).double()
        self.weight = torch.linalg.solve(inputs.T @ inputs + penalty, inputs.T @ (indicators - self.bias))

    def accuracy(self, features, labels):
        """Returns the share of correct predictions."""
        logits = self.features(features).double() @ self.weight + self.bias
        return accuracy(logits.unflatten(1, (self.classes, -1)), labels)


def accuracy(logits, labels):
    """Returns the share of labelled rows for which the largest logit (rows, classes, tasks) is the label's."""
    return (logits.argmax(1) == labels).sum().item() / (labels != NO_LABEL).sum().item()
