"""Says what trimesh thinks of each mesh file that is named, a line of JSON for each."""

import json
import sys

import trimesh


def look(path):
    """What a mesh is painted with; a file may name a material beside its vertex colours."""
    (part,) = trimesh.load_scene(path).geometry.values()
    visual = part.visual
    if visual.kind == "vertex" or "color" in getattr(visual, "vertex_attributes", {}):
        return "vertex"
    material = getattr(visual, "material", None)
    picture = getattr(material, "baseColorTexture", None) or getattr(material, "image", None)
    return "texture" if picture is not None and visual.uv is not None else "none"


for path in sys.argv[1:]:
    mesh = trimesh.load(path, force="mesh", process=True)
    # Files with texture coordinates part vertices at seams; for the shape only their places count.
    mesh.merge_vertices(merge_tex=True, merge_norm=True)
    print(
        json.dumps(
            {
                "watertight": bool(mesh.is_watertight),
                "consistent": bool(mesh.is_winding_consistent),
                "volume": float(mesh.volume),
                "area": float(mesh.area),
                "extents": [float(extent) for extent in mesh.extents],
                "euler": int(mesh.euler_number),
                "triangles": len(mesh.faces),
                "vertices": len(mesh.vertices),
                "look": look(path),
            }
        )
    )
