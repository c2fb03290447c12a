"""From one release's tables to the next one's; run by `storage.migrations.run`."""
