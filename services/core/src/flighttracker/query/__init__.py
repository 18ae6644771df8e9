"""What a program asks about flights: filters, and how a query names them. Gateways and historians use it. Pure."""
