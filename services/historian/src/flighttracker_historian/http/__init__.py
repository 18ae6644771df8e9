"""The HTTP interface of a historian, which gateways forward to: they check tokens, and the historian has none."""
