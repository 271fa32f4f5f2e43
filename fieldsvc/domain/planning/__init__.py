"""Where rows meet the solver: assistant, moves, board, plans, invariants."""
