# --------------------------------------------------------------------------------------------------------- checkpoints

def save(path, network, optimiser, scaler, step):
    """The checkpoint is whole, or the one before it is untouched."""
    temporary = path.with_suffix(".tmp")
    contents = {
        "model": network.module.state_dict(),
        "optimiser": optimiser.state_dict(),
        "scaler": scaler.state_dict(),
        "step": step,
        "settings": asdict(settings),
        "dcl-lab encoder": ENCODER,
    }
    with open(temporary, "wb") as file:
        torch.save(contents, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def resume(path, network, optimiser, scaler):
    """Puts everything back to where the checkpoint was, and gives the number of steps that are done."""
    stored = torch.load(path, map_location="cpu", weights_only=True)
    was, now = stored["settings"], asdict(settings)
    differing = [name for name in {**was, **now} if was.get(name) != now.get(name)]
    if differing:
        listed = ", ".join(f"{name} was {was.get(name)}, now {now.get(name)}" for name in differing)
        sys.exit(f"{path} is of other settings: {listed}. Give the same settings or another --output.")
    network.module.load_state_dict(stored["model"])
    optimiser.load_state_dict(stored["optimiser"])
    if stored["scaler"]:
        scaler.load_state_dict(stored["scaler"])
    return stored["step"]


def load_initial(path, network):
    """Begins with weights of `dcl-lab export --initial`, or of `dcl-lab convert`, which has the encoder's alone."""
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        values = bytearray(file.read())
    header.pop("__metadata__", None)
    weights, own = {}, network.state_dict().keys()
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        tensor = torch.frombuffer(values[begin:end], dtype=torch.float32).reshape(entry["shape"])
        weights[name if name in own else f"encoder.{name}"] = tensor
    given = {name.split(".")[0] for name in weights}
    missing, unexpected = network.load_state_dict(weights, strict=False)
    missing = [name for name in missing if name.split(".")[0] in given and not name.endswith("num_batches_tracked")]
    if missing or unexpected:
        sys.exit(f"{path} is of another network: {missing[:5]} are missing, {unexpected[:5]} have no place.")
    #: if method = moco
    if "key_encoder" not in given:
        network.begin_keys()
    #: end
