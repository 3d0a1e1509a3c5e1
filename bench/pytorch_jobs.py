"""The training jobs of bench/training-jobs.ts in PyTorch: `pytorch_jobs.py JOB STEPS WARM` prints one line of JSON.

Same networks, losses, optimiser and batch sizes; random inputs are drawn as PyTorch does it best.
"""
import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

CATEGORIES = 10


def ctr():
    net = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 1))
    x = torch.randn(1024, 64)
    target = torch.full((1024, 1), 0.05)
    optimiser = torch.optim.Adam(net.parameters(), lr=1e-3)

    def step():
        optimiser.zero_grad()
        F.binary_cross_entropy_with_logits(net(x), target).backward()
        optimiser.step()

    return step


class Generator(nn.Module):
    def __init__(self, latent, width):
        super().__init__()
        self.first = nn.Linear(latent + CATEGORIES, 7 * 7 * 2 * width)
        self.norm1 = nn.BatchNorm2d(2 * width, track_running_stats=False)
        self.second = nn.ConvTranspose2d(2 * width, width, 4, 2, 1)
        self.norm2 = nn.BatchNorm2d(width, track_running_stats=False)
        self.last = nn.ConvTranspose2d(width, 1, 4, 2, 1)

    def forward(self, z, category):
        small = self.first(torch.cat([z, 2 * category], 1)).view(len(z), -1, 7, 7)
        middle = self.second(F.relu(self.norm1(small)))
        return torch.tanh(self.last(F.relu(self.norm2(middle))))


class Discriminator(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.first = nn.Conv2d(1, width, 4, 2, 1)
        self.second = nn.Conv2d(width, 2 * width, 4, 2, 1)
        self.heads = nn.Linear(7 * 7 * 2 * width, 1 + 2 * CATEGORIES)

    def forward(self, images, category):
        deep = F.leaky_relu(self.second(F.leaky_relu(self.first(images), 0.2)), 0.2)
        out = self.heads(deep.flatten(1))
        score, projection, categories = out.split([1, CATEGORIES, CATEGORIES], 1)
        return score[:, 0] + (projection * category).sum(1), categories


def gan(batch=64, latent=64, width=32, classes=0.5):
    g, d = Generator(latent, width), Discriminator(width)
    average = [p.detach().clone() for p in g.parameters()]
    images = torch.rand(100, 1, 28, 28) * 2 - 1
    labels = torch.randint(CATEGORIES, (100,))
    adam = [torch.optim.Adam(net.parameters(), lr=1e-3, betas=(0.5, 0.99)) for net in (g, d)]
    one_hot = lambda indices: F.one_hot(indices, CATEGORIES).float()
    entropy = lambda score, target: F.binary_cross_entropy_with_logits(score, torch.full_like(score, target))

    def step():
        chosen = torch.randint(100, (batch,))
        truth, asked = labels[chosen], one_hot(torch.randint(CATEGORIES, (batch,)))
        with torch.no_grad():
            fake = g(torch.randn(batch, latent), asked)
        score, names = d(torch.cat([images[chosen], fake]), torch.cat([one_hot(truth), asked]))
        adam[1].zero_grad()
        loss = entropy(score[:batch], 0.9) + entropy(score[batch:], 0.0) + classes * F.cross_entropy(names[:batch], truth)
        loss.backward()
        adam[1].step()

        wanted = torch.randint(CATEGORIES, (batch,))
        score, names = d(g(torch.randn(batch, latent), one_hot(wanted)), one_hot(wanted))
        adam[0].zero_grad()
        loss = entropy(score, 1.0) + classes * F.cross_entropy(names, wanted)
        # As in adsim: the gradient with respect to the generator alone.
        for p, gradient in zip(g.parameters(), torch.autograd.grad(loss, list(g.parameters()))):
            p.grad = gradient
        adam[0].step()
        with torch.no_grad():
            for mean, p in zip(average, g.parameters()):
                mean.lerp_(p, 0.01)

    return step


job, steps, warm = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
step = {"ctr": ctr, "gan": gan}[job]()
for _ in range(warm):
    step()
cpu, wall = time.process_time(), time.perf_counter()
for _ in range(steps):
    step()
cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
device = f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads"
print(json.dumps({"cpuSeconds": cpu / steps, "wallSeconds": wall / steps, "device": device}))
