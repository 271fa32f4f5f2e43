"""Activity types, skills, forms, portal actions and the condition language."""
