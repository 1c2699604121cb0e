"""Every sentence the bot says, in Persian: one file per feature, for a Persian editor to find."""
