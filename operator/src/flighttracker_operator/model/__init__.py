"""Facts, names, addresses and images that the manifests are made from."""
