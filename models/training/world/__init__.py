"""The procedural world: a table in a room with things on it, rendered with exact class masks, depth and a caption."""
