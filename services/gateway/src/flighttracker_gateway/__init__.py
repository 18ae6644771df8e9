"""One gateway: positions in, frames, REST and probes out."""
