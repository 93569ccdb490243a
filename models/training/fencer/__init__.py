"""Two fencers in a hall, computed: their bodies, what they do in a phrase, the camera and the picture."""
