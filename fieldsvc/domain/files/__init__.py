"""Files that people upload: checked by content, kept in the database with what they belong to."""
