"""From text to vector: the contract, the model, the cache."""
