"""`blur.py FOLDER HEIGHT WIDTH`: what the GaussianBlur of FOLDER/blur.py makes of image.f32, [height, width, 3]."""

import importlib.util
import sys
from pathlib import Path

import torch

folder, height, width = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
spec = importlib.util.spec_from_file_location("script", folder / "blur.py")
script = importlib.util.module_from_spec(spec)
sys.modules["script"] = script
spec.loader.exec_module(script)
image = torch.frombuffer(bytearray((folder / "image.f32").read_bytes()), dtype=torch.float32).reshape(height, width, 3)
blurred = script.GaussianBlur()(image.permute(2, 0, 1)).permute(1, 2, 0).contiguous()
(folder / "blurred.f32").write_bytes(bytes(blurred.numpy().tobytes()))
