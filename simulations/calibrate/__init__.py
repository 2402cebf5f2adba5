"""From a history to a scenario: what is fitted, how well it fits, and how it does on days that were held out."""
