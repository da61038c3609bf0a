"""`views.py LIST WORKERS`: torchvision as a contestant of views.ts, over the image files that the list names.

SimCLR's views for ImageNet by torchvision's transforms on Pillow's images, in as many processes. Answers the requests of
views-protocol.ts, one JSON object a line, until its input ends.
"""

import json
import sys
import time

# torchvision looks for a module `pytorch` of its makers, and would find the script beside this one.
sys.path.pop(0)

import torch  # noqa: E402
from PIL import Image  # noqa: E402
from torch.utils.data import DataLoader, Dataset  # noqa: E402
from torchvision import transforms as T  # noqa: E402

batch_size = 64
view = T.Compose(
    [
        T.RandomResizedCrop(224),
        T.RandomHorizontalFlip(),
        T.RandomApply([T.ColorJitter(0.8, 0.8, 0.8, 0.2)], 0.8),
        T.RandomGrayscale(0.2),
        T.RandomApply([T.GaussianBlur(23, (0.1, 2))], 0.5),
        T.ToTensor(),
    ]
)


def decoded(path):
    with open(path, "rb") as file:
        return Image.open(file).convert("RGB")


class Pairs(Dataset):
    def __init__(self, paths):
        self.paths = paths

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, index):
        image = decoded(self.paths[index])
        return view(image), view(image)


def main():
    with open(sys.argv[1]) as file:
        paths = json.load(file)
    loader = DataLoader(
        Pairs(paths),
        batch_size,
        shuffle=True,
        drop_last=True,
        num_workers=int(sys.argv[2]),
        persistent_workers=True,
        worker_init_fn=lambda _: torch.set_num_threads(1),
    )
    for line in sys.stdin:
        begin = time.perf_counter()
        if json.loads(line)["command"] == "views":
            for one, two in loader:
                assert one.shape == two.shape
        else:
            for path in paths:
                decoded(path)
        print(json.dumps({"seconds": time.perf_counter() - begin}), flush=True)


main()
