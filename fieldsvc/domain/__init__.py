"""Floor 2: business, one package per noun; a package imports core, solver, and packages to its left."""
