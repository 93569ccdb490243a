"""Where an export's input comes from and where its result goes."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template

HERE = Path(__file__).parent


@dataclass(frozen=True)
class PackagedFile:
    """A file inside a Python package, known by its checksum."""

    package: str
    version: str
    path: str
    sha256: str

    def find(self) -> Path:
        """The file in the installed package, which is not imported."""
        try:
            distribution = importlib.metadata.distribution(self.package)
        except importlib.metadata.PackageNotFoundError:
            raise SystemExit(
                f"{self.package} is not installed: pip install --no-deps -r {HERE / 'networks.txt'}, or name the file"
            ) from None
        for file in distribution.files or []:
            if file.as_posix() == self.path:
                return Path(file.locate())
        raise SystemExit(f"{self.package} {distribution.version} has no {self.path}; {self.version} has it")

    def read(self, path: Path) -> bytes:
        """The content of `path`, which must be this very file."""
        content = path.read_bytes()
        found = sha256(content)
        if found != self.sha256:
            raise SystemExit(f"{path} is another network: expected SHA-256 {self.sha256}, found {found}")
        return content


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def write_model(
    models: Path, manifest: dict, network: bytes, facts: Mapping[str, object], documents: Path | None = None
) -> Path:
    """Writes models/<name>: network, manifest, card, notice and licence text. Returns the folder.

    The card and the notice are the templates in `documents`, by default this folder's <name>, with `facts` and the
    network's checksum and size filled in. A licence whose text is not kept in licences/ is told of by the notice alone.
    """
    version = models / manifest["name"] / str(manifest["version"])
    version.mkdir(parents=True, exist_ok=True)
    (version / "model.onnx").write_bytes(network)
    return describe_model(models, manifest, facts, documents)


def describe_model(
    models: Path, manifest: dict, facts: Mapping[str, object], documents: Path | None = None
) -> Path:
    """As `write_model`, around a network that lies in its place already, with its weights in a file beside it or not."""
    folder = models / manifest["name"]
    version = folder / str(manifest["version"])
    checksum = sha256((version / "model.onnx").read_bytes())
    manifest = {**manifest, "sha256": {str(manifest["version"]): checksum}}
    write_text(folder / "model.json", json.dumps(manifest, indent=2) + "\n")
    network_bytes = sum(path.stat().st_size for path in version.glob("model.onnx*"))
    facts = {**facts, "model_sha256": checksum, "model_kib": round(network_bytes / 1024)}
    for document in ("MODEL_CARD.md", "NOTICE"):
        template = Template(((documents or HERE / manifest["name"]) / document).read_text(encoding="utf-8"))
        write_text(folder / document, template.substitute(facts))
    licence = HERE / "licences" / f"{manifest['licence']}.txt"
    if licence.exists():
        write_text(folder / "LICENSE", licence.read_text(encoding="utf-8"))
    else:
        (folder / "LICENSE").unlink(missing_ok=True)
    return folder


def next_version(folder: Path) -> int:
    """The number for a further version of the model in `folder`."""
    return 1 + max((int(path.name) for path in folder.glob("*") if path.name.isdecimal()), default=0)


def write_text(path: Path, text: str) -> None:
    # The same bytes on every system.
    path.write_text(text, encoding="utf-8", newline="\n")
