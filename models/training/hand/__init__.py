"""A kinematic hand: its skeleton, the letters of the American manual alphabet, and clips of somebody showing them."""
