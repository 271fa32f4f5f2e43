"""Floor 4: Flask lives here and in app.py, nowhere else."""
