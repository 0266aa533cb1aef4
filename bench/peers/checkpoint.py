"""The weights of the U-Net to a safetensors file and back. Ours go through an S3 server: this is for orientation."""
import os
import tempfile

from safetensors.torch import load_file, save_file

from networks import unet
from side import serve, setting

wanted = setting()
model = unet(wanted["model"])

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "weights.safetensors")
    out = lambda: save_file(model.state_dict(), path)
    out()
    serve(out if wanted["part"] == "out" else lambda: model.load_state_dict(load_file(path)))
