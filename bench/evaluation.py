"""`evaluation.py FILES`: PyTorch as a contestant of evaluation.ts; FILES is its FeatureFiles as JSON.

kNN and linear evaluation as this library defines them. Answers the requests of evaluation-protocol.ts, one JSON object a
line, until its input ends.
"""

import json
import sys
import time

# torch looks for modules of its makers, and would find the scripts beside this one.
sys.path.pop(0)

import torch  # noqa: E402
from torch.nn import functional as F  # noqa: E402

k, temperature, batch_size = 200, 0.1, 256
# As many rows at a time as this library compares.
memory_block, query_block = 16384, 2048


def knn(memory, labels, queries, answers, classes):
    memory = F.normalize(memory)
    right = 0
    for start in range(0, len(queries), query_block):
        asked = F.normalize(queries[start : start + query_block])
        nearest, rows = [], []
        for first in range(0, len(memory), memory_block):
            block = memory[first : first + memory_block]
            similarities, indices = (asked @ block.T).topk(min(k, len(block)))
            nearest.append(similarities)
            rows.append(indices + first)
        similarities, order = torch.cat(nearest, 1).topk(min(k, len(memory)))
        voters = labels[torch.cat(rows, 1).gather(1, order)]
        weights = ((similarities - similarities[:, :1]) / temperature).exp()
        votes = torch.zeros(len(asked), classes).scatter_add_(1, voters, weights)
        right += (votes.argmax(1) == answers[start : start + query_block]).sum().item()
    return right / len(queries)


def linear_epoch(features, labels, classifier, optimiser, schedule):
    total = 0.0
    for rows in torch.randperm(len(features)).split(batch_size):
        loss = F.cross_entropy(classifier(features[rows]), labels[rows])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        total += loss.item() * len(rows)
    return total / len(features)


def main():
    files = json.loads(sys.argv[1])
    torch.set_num_threads(files["threads"])
    dimension, classes = files["dimension"], files["classes"]

    def read(path, rows):
        values = torch.from_file(path, size=rows * dimension, dtype=torch.float32)
        return values.view(rows, dimension).clone(), torch.arange(rows) % classes

    memory, labels = read(files["memory"], files["rows"])
    queries, answers = read(files["queries"], files["asked"])
    for line in sys.stdin:
        if json.loads(line)["command"] == "knn":
            begin = time.perf_counter()
            result = knn(memory, labels, queries, answers, classes)
        else:
            torch.manual_seed(1)
            scaled = (memory - memory.mean(0)) / memory.std(0, correction=0)
            classifier = torch.nn.Linear(dimension, classes)
            torch.nn.init.zeros_(classifier.weight)
            torch.nn.init.zeros_(classifier.bias)
            optimiser = torch.optim.SGD(classifier.parameters(), 0.1, momentum=0.9)
            steps = 2 * -(-len(scaled) // batch_size)
            schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
            linear_epoch(scaled, labels, classifier, optimiser, schedule)
            begin = time.perf_counter()
            result = linear_epoch(scaled, labels, classifier, optimiser, schedule)
        print(json.dumps({"seconds": time.perf_counter() - begin, "result": result}), flush=True)


main()
