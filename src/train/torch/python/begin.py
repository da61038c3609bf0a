"""{{title}}

    torchrun --standalone --nproc_per_node 8 pretrain.py --data IMAGES/train --output runs/pretrain

Written by dcl-lab {{version}} from {{origin}}; made to be read and changed.
{{notes}}
The same command goes on at the step of the newest checkpoint, also with another number of processes: what is drawn
depends on seed, epoch and image alone, and a step's images are then the same, in another order. SIGTERM and Ctrl-C
leave a checkpoint. `dcl-lab evaluate runs/pretrain/checkpoint.pth` measures the encoder. Needs torch and torchvision.
"""

import argparse
#: if method = moco
import copy
#: end
import json
import math
import os
import signal
import sys
import time
from collections import OrderedDict
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
import torch.distributed as dist
from torch import nn
from torch.nn import functional as F
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, Dataset, Sampler
#: if encoder = torchvision
from torchvision import models
#: end
from torchvision.datasets import ImageFolder
from torchvision.transforms import v2

# ------------------------------------------------------------------------------------------------------------ settings

{{settings}}
