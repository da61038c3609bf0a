"""torchvision's ResNet-50 for test/weights/torchvision.test.ts.

python resnet50.py write FOLDER: its state dict in both formats of torch.save, before and after its statistics have moved, with
pixels and the features it makes of them.
python resnet50.py read FOLDER: puts encoder.safetensors back into it and writes the features again.
"""

import json
import pathlib
import sys

import torch
import torchvision

command, folder = sys.argv[1], pathlib.Path(sys.argv[2])
torch.manual_seed(0)
network = torchvision.models.resnet50()
images = torch.rand(4, 3, 224, 224)
mean, deviation = (torch.tensor(v).view(3, 1, 1) for v in ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)))


def write(name, values):
    (folder / name).write_bytes(values.contiguous().numpy().tobytes())


@torch.no_grad()
def features():
    trunk = torch.nn.Sequential(*list(network.eval().children())[:-1])
    return trunk((images - mean) / deviation).flatten(1)


def state_dict(path):
    """Safetensors without the package of that name."""
    data = path.read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    header.pop("__metadata__")

    def tensor(entry):
        first, last = (start + offset for offset in entry["data_offsets"])
        return torch.frombuffer(bytearray(data[first:last]), dtype=torch.float32).reshape(entry["shape"])

    return {name: tensor(entry) for name, entry in header.items()}


if command == "write":
    write("pixels", images.permute(0, 2, 3, 1))
    for moved in ("", "-moved"):
        if moved:
            with torch.no_grad():
                network.train()((torch.rand(8, 3, 224, 224) - mean) / deviation)
        torch.save(network.state_dict(), folder / f"zip{moved}.pth")
        torch.save(network.state_dict(), folder / f"legacy{moved}.pth", _use_new_zipfile_serialization=False)
        write(f"features{moved}", features())
else:
    result = network.load_state_dict(state_dict(folder / "encoder.safetensors"), strict=False)
    assert result.missing_keys == ["fc.weight", "fc.bias"] and not result.unexpected_keys, result
    write("features-again", features())
