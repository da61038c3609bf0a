"""`torchrun steps.py FOLDER...`: steps of exported scripts on given views, by two or more processes.

A folder holds script.py, initial.safetensors and views.json with the file views.f32, [steps, images, 2, 3, height, width].
What comes out is result.pth: each step's loss and mean q, the gradients of the first step and the weights and queue
after the last; and checkpoint.pth, as the script itself writes it.
"""

import importlib.util
import json
import sys
from pathlib import Path

import torch
import torch.distributed as dist


def script_of(folder):
    spec = importlib.util.spec_from_file_location(f"script_{folder.name}", folder / "script.py")
    module = importlib.util.module_from_spec(spec)
    # Dataclasses look their module up by its name.
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def views_of(folder, settings):
    values = torch.frombuffer(bytearray((folder / "views.f32").read_bytes()), dtype=torch.float32)
    views = values.reshape(json.loads((folder / "views.json").read_text()))
    if not hasattr(settings, "pixel_mean"):
        return views
    mean, deviation = (torch.tensor(channels).view(3, 1, 1) for channels in (settings.pixel_mean, settings.pixel_deviation))
    return (views - mean) / deviation


def run(folder):
    script = script_of(folder)
    network = script.Network()
    script.load_initial(folder / "initial.safetensors", network)
    network = script.distributed(network, torch.device("cpu"))
    network.train()
    optimiser = script.build_optimiser(network.module)
    scaler = torch.amp.GradScaler("cpu", enabled=False)
    losses, multipliers = [], []
    all_views = views_of(folder, script.settings)
    for step, views in enumerate(all_views):
        own = views[dist.get_rank() :: dist.get_world_size()]
        loss, q = script.train_step(network, optimiser, scaler, own, step, len(all_views))
        losses.append(loss)
        multipliers.append(q.mean())
        if step == 0:
            gradients = {name: weight.grad.clone() for name, weight in network.module.named_parameters() if weight.requires_grad}
    if dist.get_rank() == 0:
        result = {"losses": torch.stack(losses), "multipliers": torch.stack(multipliers), "gradients": gradients}
        torch.save(result | {"weights": network.module.state_dict()}, folder / "result.pth")
        script.save(folder / "checkpoint.pth", network, optimiser, scaler, len(all_views))
    dist.barrier()


dist.init_process_group("gloo")
for path in sys.argv[1:]:
    run(Path(path))
dist.destroy_process_group()
