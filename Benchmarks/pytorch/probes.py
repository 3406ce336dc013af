"""Classifiers that read labels from standardised features: softmax regression, with or without a hidden layer."""

import torch
import torch.nn.functional as F
from torch import nn

NO_LABEL = -1
BATCH = 256


class Probe:
    """A probe that AdamW trains on features (rows, width) and labels (rows, tasks), which are below `classes`."""

    def __init__(self, features, labels, classes, hidden_width=None):
        self.mean, self.deviation = features.mean(0), features.std(0, correction=0)
        self.deviation[self.deviation < 1e-6] = torch.inf
        self.classes = classes
        width, outputs = features.shape[1], labels.shape[1] * classes
        self.output = nn.Linear(hidden_width or width, outputs)
        nn.init.zeros_(self.output.weight)
        nn.init.zeros_(self.output.bias)
        self.network = self.output
        if hidden_width is not None:
            hidden = nn.Linear(width, hidden_width)
            nn.init.normal_(hidden.weight, std=(2 / width) ** 0.5)
            nn.init.zeros_(hidden.bias)
            self.network = nn.Sequential(hidden, nn.ReLU(), self.output)
        self._train(self._standardised(features), labels, is_deep=hidden_width is not None)

    def _train(self, features, labels, is_deep):
        """Trains at a constant rate over a fixed number of passes, with more passes for small sets."""
        steps_per_pass = -(-len(features) // BATCH)
        passes = max(12 if is_deep else 2, 400 // steps_per_pass)
        weights = [parameter for parameter in self.network.parameters() if parameter.ndim > 1]
        biases = [parameter for parameter in self.network.parameters() if parameter.ndim == 1]
        groups = [{"params": weights, "weight_decay": 0.01}, {"params": biases, "weight_decay": 0.0}]
        optimiser = torch.optim.AdamW(groups, lr=2e-3 if is_deep else 1e-2, fused=True)
        for _ in range(passes):
            for rows in torch.randperm(len(features)).split(BATCH):
                loss = F.cross_entropy(self._logits(features[rows]), labels[rows], ignore_index=NO_LABEL)
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()

    def _standardised(self, features):
        return (features - self.mean) / self.deviation

    def _logits(self, features):
        """Returns the logits (rows, classes, tasks)."""
        return self.network(features).unflatten(1, (self.classes, -1))

    @torch.no_grad()
    def accuracy(self, features, labels):
        """Returns the share of correct predictions."""
        predictions = self._logits(self._standardised(features)).argmax(1)
        return (predictions == labels).sum().item() / (labels != NO_LABEL).sum().item()

    def direction(self, tasks, start, end):
        """Returns the unit direction (cases, width) of a linear probe from one class of a task to another."""
        weights = self.output.weight.detach().unflatten(0, (self.classes, -1))
        return F.normalize((weights[end, tasks] - weights[start, tasks]) / self.deviation, dim=1)
