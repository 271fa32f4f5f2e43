"""The demo company: fills an empty database from the files in `fixtures/demo`, its calendars by the engine itself."""
