"""The outbox: messages leave in the transaction that caused them."""
