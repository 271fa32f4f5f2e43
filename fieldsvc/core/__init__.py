"""Floor 1: configuration, database, clock, errors, audit, jobs, tokens and text. No Flask, no business."""
