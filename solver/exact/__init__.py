"""What OR-Tools is best at: exact small parts, an engine to compare with, bounds, and a second opinion on plans.

Each module loads OR-Tools when it is called, so that importing the engine stays quick.
"""
