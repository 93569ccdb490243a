"""A computed signer: a body with arms, hands and a face, the signs it performs, and clips of them."""
