"""The proof of P14: two people walk through a scratch installation, all is dumped, and nothing may lead from a visit to them."""
